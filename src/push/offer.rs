//! What sources have for the secrets that are wanted.

use zeroize::Zeroizing;

use super::unfit::{Unfit, unfit};
use super::{Pointer, Wanted};
use crate::config::{Format, Shape, assigned, classify, keeps_place};
use crate::names::Names;

/// A value that a source has. Has no `Debug`: the value is in it.
pub struct Offer {
    /// The secrets that it can be for, as places in the list of those that are wanted.
    pub(super) of: Vec<usize>,
    /// Where it stands, for people.
    pub(super) source: String,
    /// The value; nothing where it is no text.
    pub(super) value: Option<Zeroizing<String>>,
    /// Whether it only keeps the place of one.
    pub(super) keeps_place: bool,
    /// Why it is not taken as it stands.
    pub(super) unfit: Option<Unfit>,
}

/// A variable of the environment.
pub enum Variable {
    /// There is none.
    Unset,
    /// Its value.
    Text(Zeroizing<String>),
    /// It is no UTF-8.
    NoText,
}

/// What the environment has. Of each name that is wanted, and of no other, `variable` is asked.
pub fn from_environment(wanted: &[Wanted], variable: &dyn Fn(&str) -> Variable) -> Vec<Offer> {
    let mut names: Vec<&str> = wanted.iter().map(|one| one.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let offer = |name: &str| {
        let value = match variable(name) {
            Variable::Unset => return None,
            Variable::Text(value) => Some(value),
            Variable::NoText => None,
        };
        Some(Offer {
            of: places(wanted, |one| one.name == name),
            source: "the environment".to_owned(),
            unfit: None,
            keeps_place: value.as_ref().is_some_and(|value| keeps_place(value, name)),
            value,
        })
    };
    names.into_iter().filter_map(offer).collect()
}

/// What a file has, as a dotenv file or by its name, below a place; nothing where it is not understood.
pub fn from_text(
    path: &str,
    is_dotenv: bool,
    pointer: Option<&Pointer>,
    text: &str,
    wanted: &[Wanted],
) -> Option<Vec<Offer>> {
    let format = if is_dotenv {
        Format::Dotenv
    } else {
        classify(path)?
    };
    let deny: Vec<String> = wanted.iter().map(|one| one.name.clone()).collect();
    let wants: Vec<&str> = deny.iter().map(String::as_str).collect();
    let found = assigned(path, format, text, &Names::new(&[], &deny), &wants)?;
    let offers = found.iter().filter_map(|one| {
        let is_whole = one.shape != Shape::Part;
        let around = one.around.iter().map(|around| around.name.as_str());
        let is_there = pointer.is_none_or(|pointer| pointer.leads_to(around));
        let may_be = |other: &Wanted| {
            let server = other.server.rsplit('/').next().unwrap_or_default();
            other.name == one.name && one.may_be_for(server)
        };
        let of = places(wanted, may_be);
        (is_whole && is_there && !of.is_empty()).then(|| Offer {
            of,
            source: path.to_owned(),
            unfit: unfit(format, text, one),
            keeps_place: keeps_place(one.expose(), &one.name),
            value: Some(Zeroizing::new(one.expose().to_owned())),
        })
    });
    Some(offers.collect())
}

fn places(wanted: &[Wanted], is_meant: impl Fn(&Wanted) -> bool) -> Vec<usize> {
    let meant = wanted.iter().enumerate().filter(|(_, one)| is_meant(one));
    meant.map(|(at, _)| at).collect()
}
