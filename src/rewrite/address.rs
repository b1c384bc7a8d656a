//! The address of each secret in the manager, and which secrets cannot have one.
//!
//! Used by the planning.

use std::collections::{BTreeMap, BTreeSet};

use super::{Address, Package, Reason, Request, Unit};

/// The name of the server that a package is, as part of addresses.
pub(super) fn server(package: &Package, request: &Request) -> String {
    if request.server.is_empty() {
        package.slug()
    } else {
        request.server.clone()
    }
}

/// Gives a reason to the units whose address the manager does not take, or takes for that of another secret.
pub(super) fn check(units: &mut [Unit], request: &Request) {
    let mut owners: BTreeMap<Address, BTreeSet<(String, String)>> = BTreeMap::new();
    let owner = |unit: &Unit| (unit.server.clone(), unit.secret.clone());
    for unit in units.iter() {
        let address = request.backend.folded(&unit.address);
        owners.entry(address).or_default().insert(owner(unit));
    }
    for unit in units {
        let address = request.backend.folded(&unit.address);
        let is_shared = owners.get(&address).is_some_and(|owners| owners.len() > 1);
        if is_shared || unit.address.path.len() > request.backend.longest {
            unit.reason = Some(Reason::NoAddress);
        }
    }
}
