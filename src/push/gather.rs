//! One value for each secret that is wanted, or why there is none.

use super::unfit::Unfit;
use super::{Item, Offer, Part, Problem, Wanted};

/// What is to be at which path, and what keeps it from that. Names that are `accepted` may look like placeholders.
pub fn gather(
    wanted: &[Wanted],
    offers: &[Offer],
    accepted: &[String],
) -> (Vec<Item>, Vec<(Wanted, Problem)>) {
    let mut items: Vec<Item> = Vec::new();
    let mut problems = Vec::new();
    for (at, one) in wanted.iter().enumerate() {
        let own: Vec<&Offer> = offers
            .iter()
            .filter(|offer| offer.of.contains(&at))
            .collect();
        let offer = match chosen(one, &own, wanted, accepted) {
            Ok(offer) => offer,
            Err(problem) => {
                problems.push((one.clone(), problem));
                continue;
            }
        };
        let part = Part {
            key: one.key.clone(),
            name: one.name.clone(),
            strategy: one.strategy,
            value: offer.value.clone().unwrap_or_default(),
        };
        match items.last_mut().filter(|item| item.path == one.path) {
            Some(item) => match item.parts.iter().find(|other| other.key == part.key) {
                Some(other) if other.value != part.value => {
                    let problem = Problem::SamePlace(other.name.clone());
                    problems.push((one.clone(), problem));
                }
                _ => item.parts.push(part),
            },
            None => items.push(Item {
                path: one.path.clone(),
                server: one.server.clone(),
                parts: vec![part],
            }),
        }
    }
    (items, problems)
}

fn chosen<'o>(
    one: &Wanted,
    own: &[&'o Offer],
    wanted: &[Wanted],
    accepted: &[String],
) -> Result<&'o Offer, Problem> {
    let first = *own.first().ok_or(Problem::NoValue)?;
    let is_accepted = accepted.contains(&one.name);
    for offer in own {
        let source = || offer.source.clone();
        let Some(value) = &offer.value else {
            return Err(Problem::NoText(source()));
        };
        match offer.unfit {
            Some(Unfit::Doubtful) => return Err(Problem::Doubtful(source())),
            Some(Unfit::Encoded) => return Err(Problem::Encoded(source())),
            None => {}
        }
        // No program could have been given that.
        if value.contains('\0') {
            return Err(Problem::NoText(source()));
        }
        if value.trim().is_empty() {
            return Err(Problem::Empty(source()));
        }
        if offer.keeps_place && !is_accepted {
            return Err(Problem::Placeholder(source()));
        }
        let is_elsewhere =
            |&at: &usize| wanted[at].path != one.path && wanted[at].server != one.server;
        if offer.of.iter().any(is_elsewhere) {
            return Err(Problem::SeveralServers(source()));
        }
        if offer.value != first.value {
            return Err(Problem::Different(first.source.clone(), source()));
        }
    }
    Ok(first)
}
