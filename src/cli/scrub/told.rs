//! What servers are told in the place of a secret: where their manager is. One flag for each manager.

use crate::backend::Backend;
use crate::cli::fail::{Stop, stop};

/// The flags.
#[derive(Debug, Default, clap::Args)]
#[group(multiple = false)]
pub(super) struct Told {
    /// With vault: put this as `VAULT_ADDR` into environments that lose a secret and have none
    #[arg(long, value_name = "URL")]
    vault_addr: Option<String>,

    /// With aws: the same with `AWS_REGION`
    #[arg(long, value_name = "NAME")]
    region: Option<String>,

    /// With gcp: the same with `GOOGLE_CLOUD_PROJECT`
    #[arg(long, value_name = "NAME")]
    project: Option<String>,

    /// With azure: the same with `AZURE_KEYVAULT_URL`
    #[arg(long, value_name = "URL")]
    vault_url: Option<String>,
}

impl Told {
    /// The variable of a secret manager, and its value, if a flag names one.
    pub(super) fn of(&self, backend: &str) -> Result<Option<(&'static str, &str)>, Stop> {
        let all = [
            ("vault-addr", &self.vault_addr),
            ("region", &self.region),
            ("project", &self.project),
            ("vault-url", &self.vault_url),
        ];
        let mut given = all
            .iter()
            .filter_map(|(flag, value)| Some((*flag, value.as_deref()?)));
        let (Some((flag, value)), Some(backend)) = (given.next(), Backend::find(backend)) else {
            return Ok(None);
        };
        let [variable, own] = backend.told;
        if flag != own {
            return Err(stop(
                &format!(
                    "`--{flag}` is not for {}, which has the secrets",
                    backend.title
                ),
                &format!("use `--{own}`, or leave it out"),
            ));
        }
        if !fits(flag, value) {
            return Err(stop(
                &format!("`--{flag}` is nothing that can be put into a config file"),
                if is_address(flag) {
                    "use an address such as https://vault.example:8200"
                } else {
                    "use its name or id, of letters, digits and `-`"
                },
            ));
        }
        Ok(Some((variable, value)))
    }
}

fn is_address(flag: &str) -> bool {
    flag.starts_with("vault")
}

/// Whether a value can stand in any config file without being quoted, and be taken for a text there.
fn fits(flag: &str, value: &str) -> bool {
    if !is_address(flag) {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
        return value.len() > 5
            && value.starts_with(|c: char| c.is_ascii_alphabetic())
            && value.chars().all(is_plain);
    }
    let host = ["https://", "http://"]
        .iter()
        .find_map(|scheme| value.strip_prefix(scheme));
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._:/".contains(c);
    host.is_some_and(|host| !host.is_empty() && host.chars().all(is_plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_is_that_of_the_manager() {
        let told = |backend: &str, region: &str| {
            let told = Told {
                region: Some(region.to_owned()),
                ..Told::default()
            };
            let said = told.of(backend);
            said.map(|said| said.map(|(name, value)| format!("{name}={value}")))
                .ok()
        };
        let expected = Some(Some("AWS_REGION=eu-west-1".to_owned()));
        assert_eq!(told("aws", "eu-west-1"), expected);
        assert_eq!(told("vault", "eu-west-1"), None);
        for wrong in [
            "", "no", "true", "1e3", "a b", "-a-b", "a: b", "$(x)", "a\nb",
        ] {
            assert_eq!(told("aws", wrong), None, "{wrong}");
        }
        assert_eq!(Told::default().of("gcp").ok(), Some(None));
    }
}
