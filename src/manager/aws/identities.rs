//! What the identities of an account may do by their policies, as IAM tells who may see that.

use std::collections::BTreeMap;

use super::account::ask;
use super::client::Client;
use super::policy::{READ, Statement, lets, statements};
use super::xml::Element;
use crate::manager::Holder;
use crate::manager::optional::{Allowance, Silent};

/// How many pages are asked for.
const PAGES: usize = 400;

/// How many things are on a page: so few that all versions of that many policies fit into an answer.
const ON_PAGE: &str = "50";

const ACTION: &str = "GetAccountAuthorizationDetails";

/// What AWS itself keeps, where its text is not told.
const KNOWN: &[(&str, &str)] = &[
    (
        "AdministratorAccess",
        "all secrets, and every action on them",
    ),
    ("PowerUserAccess", "all secrets, and every action on them"),
    (
        "SecretsManagerReadWrite",
        "all secrets, and every action on them",
    ),
];

/// What a policy says; nothing where it is not understood.
type Text = Option<Vec<Statement>>;

/// A user, a role or a group, with policies.
#[derive(Default)]
struct Identity {
    /// Of a user or role; empty for a group.
    arn: String,
    /// Policies of its own, by name.
    own: Vec<(String, Text)>,
    /// The ARNs of policies that are attached.
    attached: Vec<String>,
    groups: Vec<String>,
    boundary: Option<String>,
}

/// All identities of an account.
#[derive(Default)]
pub(super) struct Identities {
    all: Vec<Identity>,
    groups: BTreeMap<String, Identity>,
    /// By ARN.
    policies: BTreeMap<String, Text>,
    /// What is missing, a clause each.
    pub(super) untold: Vec<String>,
}

/// What a policy of somebody is called, and what it says; nothing where that is not told.
struct Held<'h> {
    name: String,
    arn: &'h str,
    statements: Option<&'h [Statement]>,
}

impl Identities {
    /// Asks for all of them.
    pub(super) fn ask(client: &Client) -> Result<Self, Silent> {
        let allowance = Allowance::new(PAGES);
        let mut found = Self::default();
        let kinds = ["User", "Role", "Group", "LocalManagedPolicy"];
        if !found.add_all(client, &allowance, &kinds)? {
            let whole = "identities beyond those named: the account has too many";
            found.untold.push(whole.to_owned());
        }
        let mut everybody = found.all.iter().chain(found.groups.values());
        let is_of_aws = |arn: &String| arn.contains(":iam::aws:policy/");
        let has_any = everybody.any(|one| one.attached.iter().chain(&one.boundary).any(is_of_aws));
        let is_told =
            !has_any || found.add_all(client, &allowance, &["AWSManagedPolicy"]) == Ok(true);
        if !is_told {
            let clause =
                "what policies of AWS let, but for those named: IAM did not tell all of them";
            found.untold.push(clause.to_owned());
        }
        let own = found.all.iter().chain(found.groups.values());
        let own = own.flat_map(|one| &one.own).map(|(_, text)| text);
        let texts = own.chain(found.policies.values());
        let unknown = texts.filter(|text| text.is_none()).count();
        if unknown > 0 {
            let clause = format!("what {unknown} policies let, whose text was not understood");
            found.untold.push(clause);
        }
        Ok(found)
    }

    /// Adds all pages; whether these were all.
    fn add_all(
        &mut self,
        client: &Client,
        allowance: &Allowance,
        kinds: &[&str],
    ) -> Result<bool, Silent> {
        let names: Vec<String> = (1..=kinds.len())
            .map(|number| format!("Filter.member.{number}"))
            .collect();
        let mut marker = String::new();
        loop {
            let mut fields = vec![("Action", ACTION), ("MaxItems", ON_PAGE)];
            fields.extend(names.iter().map(String::as_str).zip(kinds.iter().copied()));
            if !marker.is_empty() {
                fields.push(("Marker", &marker));
            }
            let Some(text) = allowance.spend(|| ask(client, "iam", &fields)) else {
                return Ok(false);
            };
            let text = text?;
            let answer = Element::read(&text).ok_or(Silent::Unanswered)?;
            let page = answer
                .child("GetAccountAuthorizationDetailsResult")
                .ok_or(Silent::Unanswered)?;
            self.add(page);
            if page.text_of("IsTruncated") != "true" {
                return Ok(true);
            }
            let next = page.text_of("Marker");
            // A place that was there before has no end.
            if next.is_empty() || next == marker {
                return Ok(false);
            }
            next.clone_into(&mut marker);
        }
    }

    fn add(&mut self, page: &Element<'_>) {
        for user in page.members("UserDetailList") {
            let groups = user.members("GroupList").map(|name| name.text().to_owned());
            self.all.push(Identity {
                groups: groups.collect(),
                ..identity(user, "UserPolicyList")
            });
        }
        let roles = page.members("RoleDetailList");
        self.all
            .extend(roles.map(|role| identity(role, "RolePolicyList")));
        for group in page.members("GroupDetailList") {
            let name = group.text_of("GroupName").to_owned();
            self.groups.insert(name, identity(group, "GroupPolicyList"));
        }
        for policy in page.members("Policies") {
            let mut versions = policy.members("PolicyVersionList");
            let default = versions.find(|version| version.text_of("IsDefaultVersion") == "true");
            if let Some(default) = default {
                let text = statements(&decoded(default.text_of("Document")));
                self.policies.insert(policy.text_of("Arn").to_owned(), text);
            }
        }
    }

    /// Who may read a secret. `at_secret` are the statements of its own policy.
    pub(super) fn holders(&self, arn: &str, at_secret: &[Statement]) -> Vec<Holder> {
        let mut holders = Vec::new();
        for identity in &self.all {
            let mut held = self.held(identity, "");
            for name in &identity.groups {
                if let Some(group) = self.groups.get(name) {
                    held.extend(self.held(group, &format!(" of group {name}")));
                }
            }
            let boundary = identity.boundary.as_ref();
            let boundary = boundary.map(|arn| self.policies.get(arn)?.as_ref());
            let own = |one: &Held<'_>| holder(one, arn);
            let mut found: Vec<Holder> = held.iter().filter_map(own).collect();
            let known = held.iter().filter_map(|one| one.statements).flatten();
            let denials =
                known
                    .filter(|one| one.forbids(READ, arn))
                    .chain(at_secret.iter().filter(|one| {
                        one.forbids(READ, arn) && super::readers::is_about(one, &identity.arn)
                    }));
            let mut is_limited = false;
            let mut is_denied = false;
            for denial in denials {
                is_denied |= !denial.is_conditional;
                is_limited |= denial.is_conditional;
            }
            match boundary {
                None => {}
                Some(Some(boundary)) => match lets(boundary.iter(), arn, true) {
                    None => is_denied = true,
                    Some(lets) => {
                        is_limited |= lets.is_conditional;
                        is_denied |= boundary
                            .iter()
                            .any(|one| one.forbids(READ, arn) && !one.is_conditional);
                    }
                },
                // What it says is not told.
                Some(None) => is_limited = true,
            }
            if is_denied {
                continue;
            }
            for holder in &mut found {
                short(&identity.arn).clone_into(&mut holder.who);
                holder.is_conditional |= is_limited;
            }
            holders.append(&mut found);
        }
        holders
    }

    fn held<'h>(&'h self, identity: &'h Identity, end: &str) -> Vec<Held<'h>> {
        let own = identity.own.iter().map(|(name, text)| Held {
            name: format!("{name}{end}"),
            arn: "",
            statements: text.as_deref(),
        });
        let attached = identity.attached.iter().map(|arn| Held {
            name: format!("{}{end}", last(arn)),
            arn,
            statements: self.policies.get(arn).and_then(Option::as_deref),
        });
        own.chain(attached).collect()
    }
}

/// Whether a policy lets whoever has it read a secret.
fn holder(held: &Held<'_>, arn: &str) -> Option<Holder> {
    let (wider, is_conditional) = if let Some(all) = &held.statements {
        let lets = lets(all.iter(), arn, false)?;
        (lets.wider, lets.is_conditional)
    } else {
        let is_of_aws = held.arn.contains(":iam::aws:policy/");
        let mut known = KNOWN.iter();
        let (_, wider) = known.find(|(name, _)| is_of_aws && last(held.arn) == *name)?;
        (vec![(*wider).to_owned()], false)
    };
    Some(Holder {
        who: String::new(),
        by: held.name.clone(),
        wider,
        is_conditional,
    })
}

fn identity(element: &Element<'_>, policies: &str) -> Identity {
    let own = element.members(policies).map(|policy| {
        let text = statements(&decoded(policy.text_of("PolicyDocument")));
        (policy.text_of("PolicyName").to_owned(), text)
    });
    let attached = element.members("AttachedManagedPolicies");
    let boundary = element.child("PermissionsBoundary");
    Identity {
        arn: element.text_of("Arn").to_owned(),
        own: own.collect(),
        attached: attached
            .map(|policy| policy.text_of("PolicyArn").to_owned())
            .collect(),
        groups: Vec::new(),
        boundary: boundary.map(|boundary| boundary.text_of("PermissionsBoundaryArn").to_owned()),
    }
}

/// What an identity is within its account.
pub(super) fn short(arn: &str) -> &str {
    arn.splitn(6, ':').nth(5).unwrap_or(arn)
}

fn last(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or_default()
}

/// A policy as it was before it was escaped for an address.
fn decoded(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, behind @ ..] = rest {
        let digit = |at: usize| {
            let sign = behind.get(at).copied().map(char::from)?;
            u8::try_from(sign.to_digit(16)?).ok()
        };
        match (first, digit(0), digit(1)) {
            (b'%', Some(high), Some(low)) => {
                out.push(high * 16 + low);
                rest = &behind[2..];
            }
            (first, _, _) => {
                out.push(*first);
                rest = behind;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:team/a-AbCdEf";

    fn list(name: &str, members: &[String]) -> String {
        let members: Vec<String> = members
            .iter()
            .map(|member| format!("<member>{member}</member>"))
            .collect();
        format!("<{name}>{}</{name}>", members.concat())
    }

    fn user(name: &str, rest: &str) -> String {
        format!("<Arn>arn:aws:iam::123456789012:user/{name}</Arn><UserName>{name}</UserName>{rest}")
    }

    #[test]
    fn boundaries_and_denials_of_groups_count() {
        let policy = |effect: &str, action: &str| {
            let text = format!(
                r#"{{"Statement":{{"Effect":"{effect}","Action":"{action}","Resource":"*"}}}}"#
            );
            text.replace('"', "%22")
        };
        let own = |text: &str| {
            list(
                "UserPolicyList",
                &[format!(
                    "<PolicyName>own</PolicyName><PolicyDocument>{text}</PolicyDocument>"
                )],
            )
        };
        let all = own(&policy("Allow", "*"));
        let within = |arn: &str| {
            let arn = format!("<PermissionsBoundaryArn>{arn}</PermissionsBoundaryArn>");
            format!("{all}<PermissionsBoundary>{arn}</PermissionsBoundary>")
        };
        let group = "<GroupName>closed</GroupName><GroupPolicyList><member><PolicyName>no</PolicyName><PolicyDocument>";
        let group = format!(
            "{group}{}</PolicyDocument></member></GroupPolicyList>",
            policy("Deny", "*")
        );
        let managed = |name: &str, action: &str| {
            let version = format!(
                "<IsDefaultVersion>true</IsDefaultVersion><Document>{}</Document>",
                policy("Allow", action)
            );
            format!("<Arn>{name}</Arn>{}", list("PolicyVersionList", &[version]))
        };
        let page = [
            list(
                "UserDetailList",
                &[
                    user("free", &all),
                    user("narrow", &within("s3")),
                    user("wide", &within("any")),
                    user("unknown", &within("gone")),
                    user(
                        "closed",
                        &format!("{all}{}", list("GroupList", &["closed".to_owned()])),
                    ),
                    user("none", "<UserPolicyList/>"),
                ],
            ),
            list("GroupDetailList", &[group]),
            list("Policies", &[managed("s3", "s3:*"), managed("any", "*")]),
        ];
        let text = format!("<R>{}</R>", page.concat());
        let mut identities = Identities::default();
        identities.add(&Element::read(&text).unwrap());
        let holders = identities.holders(ARN, &[]);
        let who: Vec<(&str, bool)> = holders
            .iter()
            .map(|holder| (holder.who.as_str(), holder.is_conditional))
            .collect();
        assert_eq!(
            who,
            [
                ("user/free", false),
                ("user/wide", false),
                ("user/unknown", true)
            ]
        );
    }

    #[test]
    fn a_policy_is_read_as_it_was() {
        assert_eq!(decoded("%7B%22a%22%3A+1%7D%"), "{\"a\":+1}%");
        assert_eq!(decoded("%zz%C3%A4"), "%zzä");
        assert_eq!(short("arn:aws:iam::1:role/a/b"), "role/a/b");
        assert_eq!(short("x"), "x");
    }
}
