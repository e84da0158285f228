//! Comparing the documents about all offices with the offices themselves: what another release or a restore
//! has written past the documents is known a minute later.

use super::denials::{denied_by, is_about_staff};
use super::directory::{
    Head, REVISION, denied_writes, document_writes, list_place, revision, revision_of_denied,
};
use super::error::StoreError;
use super::offices::{is_office, offices_of, revision_of};
use super::transact::Write;
use super::values::text_of;
use super::{Item, Store, keys};

/// What the partition itself says.
#[derive(Debug)]
struct Partition {
    offices: Vec<Item>,
    staff: Vec<Item>,
}

impl Partition {
    fn is_empty(&self) -> bool {
        self.offices.is_empty() && self.staff.is_empty()
    }

    /// The revisions that documents about it have. One of an office that cannot be read counts.
    fn head(&self) -> Head {
        let office = |item| Some((text_of(item, "id")?, revision_of(item)?));
        let offices = revision(self.offices.iter().filter_map(office));
        let denied = revision_of_denied(&denied_by(&self.staff));
        Head { offices: Some(offices), denied: Some(denied) }
    }
}

impl Store {
    /// Makes documents anew that do not say what the partition says. `false`: all do, or somebody wrote one
    /// meanwhile.
    pub async fn keep_directory(&self) -> Result<bool, StoreError> {
        let head = self.directory_head().await?;
        let found = self.office_partition(false).await?;
        if found.is_empty() || found.head() == head {
            return Ok(false);
        }
        // The documents first, and the partition as it is now: whoever writes meanwhile has the last word.
        let wanted = [keys::directory_list(), keys::directory_denied()];
        let before = self.get_items(&wanted).await?;
        let found = self.office_partition(true).await?;
        let [list, denied] =
            before.map(|item| item.and_then(|item| Some(text_of(&item, REVISION)?.to_owned())));
        let as_found = found.head();
        let mut writes = Vec::new();
        if list != as_found.offices || head.offices != as_found.offices {
            let place = list_place();
            let offices = offices_of(found.offices);
            let content = (&offices, as_found.offices.unwrap_or_default());
            writes.extend(document_writes(place, list.as_deref(), content)?);
        }
        if denied != as_found.denied || head.denied != as_found.denied {
            writes.extend(denied_writes(denied.as_deref(), &denied_by(&found.staff))?);
        }
        self.write_directory(writes).await
    }

    /// The head is one item, and a transaction writes each item once.
    async fn write_directory(&self, writes: Vec<Write>) -> Result<bool, StoreError> {
        let mut all = !writes.is_empty();
        for some in writes.chunks(2) {
            all &= self.transact(some.to_vec()).await?.applied();
        }
        if all {
            tracing::info!("the list of offices was made anew");
        }
        Ok(all)
    }

    async fn office_partition(&self, consistent: bool) -> Result<Partition, StoreError> {
        let (staff, others): (Vec<_>, Vec<_>) =
            self.query_offices(consistent).await?.into_iter().partition(is_about_staff);
        Ok(Partition { offices: others.into_iter().filter(is_office).collect(), staff })
    }
}
