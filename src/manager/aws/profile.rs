//! Profiles in the files of the `aws` program.

use zeroize::Zeroizing;

/// What a profile says. Has no `Debug`: keys can be in it.
#[derive(Default)]
pub(super) struct Profile {
    pub(super) region: Option<String>,
    pub(super) id: Option<String>,
    pub(super) secret: Option<Zeroizing<String>>,
    pub(super) session: Option<Zeroizing<String>>,
    /// Whether its keys are made by a log-in, a role or a program.
    pub(super) is_made: bool,
}

/// What makes keys in a profile.
const MAKES: &[&str] = &[
    "credential_process",
    "login_session",
    "role_arn",
    "sso_account_id",
    "sso_session",
    "sso_start_url",
    "web_identity_token_file",
];

/// Adds what a file says about a profile; whether it says anything. In the file of settings, all sections but that of
/// `default` have a word before their name.
pub(super) fn add(profile: &mut Profile, text: &str, name: &str, is_settings: bool) -> bool {
    let section = |line: &str| {
        let inner = line.strip_prefix('[')?.split(']').next()?.trim();
        match inner.strip_prefix("profile").filter(|_| is_settings) {
            Some(rest) if rest.starts_with([' ', '\t']) => {
                Some(rest.trim().trim_matches('"').to_owned())
            }
            _ if is_settings && inner != "default" => Some(String::new()),
            _ => Some(inner.to_owned()),
        }
    };
    let (mut is_here, mut found) = (false, false);
    for line in text.lines() {
        if let Some(section) = section(line.trim_end()) {
            is_here = section == name;
            found |= is_here;
            continue;
        }
        // What stands further in belongs to the line above, and none of that is asked for.
        if !is_here || line.starts_with([' ', '\t', '#', ';']) {
            continue;
        }
        let Some((key, value)) = line.split_once('=') else {
            continue;
        };
        let (key, value) = (key.trim(), value.trim());
        match key {
            "region" => profile.region = Some(value.to_owned()),
            "aws_access_key_id" => profile.id = Some(value.to_owned()),
            "aws_secret_access_key" => profile.secret = Some(Zeroizing::new(value.to_owned())),
            "aws_session_token" => profile.session = Some(Zeroizing::new(value.to_owned())),
            key => profile.is_made |= MAKES.contains(&key),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTINGS: &str = "# all\n[default]\nregion = eu-west-1\n\n[profile team a]\nsso_session = x\ns3 =\n  region = no\nregion=us-east-2\n[sso-session default]\nregion = no\n";
    const KEYS: &str = "[default]\naws_access_key_id=AKIA0\naws_secret_access_key = fixture/a=b\n[other]\naws_session_token=t\n";

    #[test]
    fn a_profile_is_what_both_files_say() {
        let mut profile = Profile::default();
        assert!(add(&mut profile, KEYS, "default", false));
        assert!(add(&mut profile, SETTINGS, "default", true));
        assert_eq!(profile.region.as_deref(), Some("eu-west-1"));
        assert_eq!(profile.id.as_deref(), Some("AKIA0"));
        assert!(
            profile
                .secret
                .is_some_and(|secret| *secret == "fixture/a=b")
        );
        assert!(profile.session.is_none() && !profile.is_made);
        let mut profile = Profile::default();
        assert!(add(&mut profile, SETTINGS, "team a", true));
        assert_eq!(profile.region.as_deref(), Some("us-east-2"));
        assert!(profile.is_made && profile.id.is_none());
        for (text, is_settings) in [(SETTINGS, true), (KEYS, false), ("[x\n=\n\u{0}", true)] {
            assert!(!add(&mut Profile::default(), text, "team", is_settings));
        }
    }
}
