//! Which rights are missing, and who may read a secret, by the roles or the access policies of the vault.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;

use serde_json::Value;

use super::arm::{Arm, Vault};
use super::roles::{READ, WRITE, by_policy, by_role, may};
use crate::manager::optional::Silent;
use crate::manager::{Missing, Need, Readers};

/// What is known of the vault's rights, asked for once.
#[derive(Default)]
pub(super) struct Rights {
    arm: OnceCell<Option<Arm>>,
    vault: OnceCell<Result<Vault, Silent>>,
    roles: RefCell<BTreeMap<String, Result<Value, Silent>>>,
}

impl Rights {
    /// Who is asked, and the vault there. `address` is that of the vault.
    fn vault(&self, address: &str) -> Result<(&Arm, &Vault), Silent> {
        let arm = self.arm.get_or_init(|| Arm::new(address)).as_ref();
        let arm = arm.ok_or(Silent::Unanswered)?;
        let vault = self.vault.get_or_init(|| arm.vault());
        vault.as_ref().map(|vault| (arm, vault)).map_err(|why| *why)
    }

    /// What is not allowed at some names, where it is told.
    pub(super) fn missing(&self, address: &str, names: &[&str], need: Need) -> Vec<Missing> {
        let needed: &[&str] = match need {
            Need::Verify => &[READ],
            Need::Push | Need::Rotate => &[READ, WRITE],
        };
        let mut missing = Vec::new();
        // An access policy can be one of a group that whoever asks belongs to, which is not told.
        let told = self.vault(address).ok();
        let Some((arm, vault)) = told.filter(|(_, vault)| vault.has_roles) else {
            return missing;
        };
        for name in names {
            let permissions = match arm.permissions(vault, name) {
                Ok(permissions) => permissions,
                Err(Silent::Unanswered) => break,
                Err(_) => continue,
            };
            let rights = needed.iter().filter(|right| !may(&permissions, right));
            let rights: Vec<String> = rights.map(|right| (*right).to_owned()).collect();
            if !permissions.is_empty() && !rights.is_empty() {
                missing.push(Missing {
                    path: (*name).to_owned(),
                    rights,
                });
            }
        }
        missing
    }

    /// Who may read a secret.
    pub(super) fn readers(&self, address: &str, name: &str) -> Readers {
        let (arm, vault) = match self.vault(address) {
            Ok(found) => found,
            Err(Silent::Absent | Silent::Denied) => {
                return Readers::untold(
                    "the vault, in Azure Resource Manager: reading it is not allowed",
                );
            }
            Err(Silent::Unanswered) => {
                return Readers::untold("the vault: Azure Resource Manager had no answer");
            }
        };
        if !vault.has_roles {
            let mut holders: Vec<_> = vault.policies.iter().filter_map(by_policy).collect();
            holders.sort_unstable();
            return Readers {
                holders: Some(holders),
                untold: Vec::new(),
            };
        }
        let assignments = match arm.assignments(vault, name) {
            Ok(assignments) => assignments,
            Err(why) => {
                let action = "Microsoft.Authorization/roleAssignments/read";
                return Readers::untold(&format!("roles: {}", why.why(action)));
            }
        };
        let secret = format!("{}/secrets/{name}", vault.plain);
        let (mut holders, mut unknown) = (Vec::new(), 0);
        let mut roles = self.roles.borrow_mut();
        for assignment in &assignments {
            let id = assignment.pointer("/properties/roleDefinitionId");
            let id = id.and_then(Value::as_str).unwrap_or_default();
            let role = roles.entry(id.to_owned()).or_insert_with(|| arm.role(id));
            match role {
                Ok(role) => holders.extend(by_role(assignment, role, &secret)),
                Err(_) => unknown += 1,
            }
        }
        holders.sort_unstable();
        let clause = format!("what {unknown} of the roles let");
        Readers {
            holders: Some(holders),
            untold: (unknown > 0).then_some(clause).into_iter().collect(),
        }
    }
}
