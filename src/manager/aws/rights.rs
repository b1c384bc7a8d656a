//! What whoever asks may not do, as IAM tells by a simulation. What it cannot know for sure is not said.

use super::Aws;
use super::account::ask;
use super::client::No;
use super::policy::Statement;
use super::readers::AtSecret;
use super::xml::Element;
use crate::manager::optional::Silent;
use crate::manager::{Missing, Need};

const CREATE: &[&str] = &["CreateSecret", "TagResource", "GetSecretValue"];
const CHANGE: &[&str] = &["PutSecretValue"];

/// Stands for the signs that AWS will add to a name.
const SUFFIX: &str = "-AbCdEf";

impl Aws {
    /// What is not allowed at some paths. Whether something may be read is known when it is.
    pub(super) fn missing(&self, paths: &[&str], need: Need) -> Vec<Missing> {
        let mut missing = Vec::new();
        if need == Need::Verify {
            return missing;
        }
        let Some(source) = self.source() else {
            return missing;
        };
        for path in paths {
            let rights = match self.describe(path) {
                Err(No::Absent) if need == Need::Push => {
                    let (account, region) = (&source.account, &self.client.region);
                    let partition = source.arn.split(':').nth(1).unwrap_or("aws");
                    let name =
                        format!("arn:{partition}:secretsmanager:{region}:{account}:secret:{path}");
                    let arns = [name.as_str(), &format!("{name}{SUFFIX}")];
                    self.denied(&source.arn, CREATE, &arns, &[])
                }
                Ok(described) if need == Need::Rotate => match self.at_secret(path) {
                    AtSecret::Told(_, own) => {
                        self.denied(&source.arn, CHANGE, &[&described.arn], &own)
                    }
                    _ => continue,
                },
                _ => continue,
            };
            match rights {
                Ok(rights) if rights.is_empty() => {}
                Ok(rights) => missing.push(Missing {
                    path: (*path).to_owned(),
                    rights,
                }),
                // There will be no answer to the next one, either.
                Err(_) => break,
            }
        }
        missing
    }

    /// Who asks, as IAM knows it; nothing where that is not told, or where it is nobody whom IAM judges.
    fn source(&self) -> Option<super::account::Caller> {
        let mut caller = self.caller()?.clone();
        let (_, of) = caller.arn.split_once(":assumed-role/").unwrap_or_default();
        if let Some((role, _)) = of.split_once('/') {
            // Without the path that a role can have; the role itself knows it.
            let fields = [("Action", "GetRole"), ("RoleName", role)];
            let told = ask(&self.client, "iam", &fields).ok().and_then(|text| {
                let answer = Element::read(&text)?;
                let role = answer.child("GetRoleResult")?.child("Role")?;
                Some(role.text_of("Arn").to_owned())
            });
            let partition = caller.arn.split(':').nth(1).unwrap_or("aws");
            let plain = format!("arn:{partition}:iam::{}:role/{role}", caller.account);
            caller.arn = told.filter(|arn| !arn.is_empty()).unwrap_or(plain);
        }
        let is_known = caller.arn.contains(":user/") || caller.arn.contains(":role/");
        is_known.then_some(caller)
    }

    /// The actions that are denied for each of some ARNs.
    fn denied(
        &self,
        source: &str,
        actions: &[&str],
        arns: &[&str],
        own: &[Statement],
    ) -> Result<Vec<String>, Silent> {
        let mut fields = vec![
            ("Action".to_owned(), "SimulatePrincipalPolicy".to_owned()),
            ("PolicySourceArn".to_owned(), source.to_owned()),
        ];
        for (at, action) in actions.iter().enumerate() {
            let name = format!("ActionNames.member.{}", at + 1);
            fields.push((name, format!("secretsmanager:{action}")));
        }
        for (at, arn) in arns.iter().enumerate() {
            fields.push((format!("ResourceArns.member.{}", at + 1), (*arn).to_owned()));
        }
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let text = ask(&self.client, "iam", &fields)?;
        let judged = judged(&text).ok_or(Silent::Unanswered)?;
        let is_denied = |action: &&&str| {
            let action = format!("secretsmanager:{action}");
            let lets = own.iter().any(|one| one.lets(&action, arns[0]));
            arns.iter().all(|arn| {
                let mut of = judged.iter();
                of.any(|one| {
                    let is_it = one.action.eq_ignore_ascii_case(&action) && one.arn == **arn;
                    is_it && (one.is_explicit || !lets)
                })
            })
        };
        let denied = actions.iter().filter(is_denied);
        Ok(denied.map(|action| (*action).to_owned()).collect())
    }
}

/// A denial that no missing value of a condition can have made.
struct Denial {
    action: String,
    arn: String,
    is_explicit: bool,
}

/// The denials of a simulation; nothing where it is not understood.
fn judged(text: &str) -> Option<Vec<Denial>> {
    let answer = Element::read(text)?;
    let result = answer.child("SimulatePrincipalPolicyResult")?;
    let all = result.members("EvaluationResults");
    let denied = all.filter(|one| {
        let is_sure = one.members("MissingContextValues").next().is_none();
        is_sure && matches!(one.text_of("EvalDecision"), "implicitDeny" | "explicitDeny")
    });
    let denials = denied.map(|one| Denial {
        action: one.text_of("EvalActionName").to_owned(),
        arn: one.text_of("EvalResourceName").to_owned(),
        is_explicit: one.text_of("EvalDecision") == "explicitDeny",
    });
    Some(denials.collect())
}
