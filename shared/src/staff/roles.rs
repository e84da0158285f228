//! Who may do what: the one table of roles, for the API and the pages alike.
//!
//! A **role** is a group of the issuer, next to the groups of offices. It gives **scopes**: what somebody
//! may do at these offices. A token says besides for which programs it was made (`antrian/desk`,
//! `antrian/admin`): whoever uses one that was made for the desk alone changes no calendar with it.
//!
//! | role | desk | queue | office | admin | read |
//! |---|---|---|---|---|---|
//! | `desk` | yes | yes | | | yes |
//! | `counter` | | yes | | | yes |
//! | `office_admin` | | | yes | | yes |
//! | `admin` | yes | yes | yes | yes | yes |
//! | `auditor` | | | | | yes |

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// What somebody may do at an office.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// Check-in, documents, walk-ins, bookings of the office, and who people are.
    Desk,
    /// Calling numbers at a counter.
    Queue,
    /// The calendar, quotas and rules of one's own offices.
    Office,
    /// Staff: who is denied.
    Admin,
    /// How the day stands and how it went: numbers, codes, reports; no names.
    Read,
}

/// What a member of staff is, as a group of the issuer says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// A clerk at the door.
    Desk,
    /// A clerk at a counter.
    Counter,
    /// The head of an office.
    OfficeAdmin,
    /// The directorate.
    Admin,
    /// Looks and changes nothing.
    Auditor,
}

/// The scope of tokens that programs of the desk ask for, as Cognito writes it.
const DESK: &str = "antrian/desk";
/// The scope of those that set offices up and read reports.
const ADMIN: &str = "antrian/admin";

impl Role {
    /// All roles.
    pub const ALL: [Self; 5] =
        [Self::Desk, Self::Counter, Self::OfficeAdmin, Self::Admin, Self::Auditor];

    /// The group of those who have it.
    pub fn group(self) -> &'static str {
        match self {
            Self::Desk => "desk",
            Self::Counter => "counter",
            Self::OfficeAdmin => "office_admin",
            Self::Admin => "admin",
            Self::Auditor => "auditor",
        }
    }

    /// What it may do.
    pub fn scopes(self) -> &'static [Scope] {
        use Scope::{Admin, Desk, Office, Queue, Read};
        match self {
            Self::Desk => &[Desk, Queue, Read],
            Self::Counter => &[Queue, Read],
            Self::OfficeAdmin => &[Office, Read],
            Self::Admin => &[Desk, Queue, Office, Admin, Read],
            Self::Auditor => &[Read],
        }
    }

    /// The scopes that a token for everything that this role may do has.
    pub fn token_scopes(self) -> &'static [&'static str] {
        match self {
            Self::Desk | Self::Counter => &[DESK],
            Self::OfficeAdmin | Self::Admin | Self::Auditor => &[DESK, ADMIN],
        }
    }
}

/// The roles that these groups are.
pub(super) fn of_groups(groups: &[String]) -> BTreeSet<Role> {
    let is_member = |role: &Role| groups.iter().any(|group| group == role.group());
    Role::ALL.into_iter().filter(is_member).collect()
}

/// What these roles may do by a token with these scopes, each with the resource server's name, as Cognito
/// writes it, or without.
pub(super) fn scopes(roles: &BTreeSet<Role>, token_scopes: &str) -> BTreeSet<Scope> {
    let asked = token_scopes.split(' ').flat_map(covered);
    let asked: BTreeSet<Scope> = asked.copied().collect();
    let given = roles.iter().flat_map(|role| role.scopes()).copied();
    given.filter(|scope| asked.contains(scope)).collect()
}

/// What a scope of a token is good for.
fn covered(token_scope: &str) -> &'static [Scope] {
    use Scope::{Admin, Desk, Office, Queue, Read};
    match token_scope.strip_prefix("antrian/").unwrap_or(token_scope) {
        "desk" => &[Desk, Queue, Read],
        "admin" => &[Office, Admin, Read],
        _ => &[],
    }
}
