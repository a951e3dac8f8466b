//! Looking at who belongs to a library: the roster, the search, what went on, page by page.
//!
//! Never an address for anybody but an admin.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::{Cast, asks};
use crate::premises::Premises;

/// No list has more pages here.
const MOST_PAGES: usize = 50;

impl Cast {
    pub(super) async fn people_are_found_and_what_they_did(&self, at: &Premises) {
        let roster = asks(&self.family, "/members");
        let names = ["Ada Founder", "Cleo Child", "Edgar Ender", "Vera Viewing"];
        let seen = at.get(&roster, &self.vera.token).await;
        assert_eq!(seen.each("name"), names);
        // Her own address, and nobody else's.
        assert!(seen.text.contains(&self.vera.email));
        assert_eq!(seen.text.matches('@').count(), 1, "{seen:?}");
        let administered = at.get(&roster, &self.ada.token).await;
        assert!(administered.text.contains(&self.vera.email));
        assert!(!administered.text.contains("children.invalid"));
        for path in ["/members", "/members/activity"] {
            let path = asks(&self.family, path);
            let whole = at.get(&path, &self.vera.token).await.items();
            assert!(whole.len() > 3, "{path}: {whole:?}");
            assert_eq!(pages(at, &path, &self.vera.token).await, whole, "{path}");
        }
        self.a_cursor_names_nobody(at, &roster).await;
        self.what_went_on(at).await;
        self.a_name_is_found_as_it_is_typed(at).await;
    }

    /// An address of a page gets into logs and histories.
    async fn a_cursor_names_nobody(&self, at: &Premises, roster: &str) {
        let page = at
            .get(&format!("{roster}?limit=3"), &self.vera.token)
            .await
            .ok();
        let cursor = page["next_cursor"].as_str().unwrap();
        let plain = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).unwrap()).unwrap();
        assert!(!plain.to_lowercase().contains("ender"), "{plain}");
        // Nor does one of one's own making tell where a stranger's name would stand.
        assert!(plain.contains(&self.edgar.account), "{plain}");
        let stranger = at.root().await.account;
        let forged = URL_SAFE_NO_PAD.encode(plain.replace(&self.edgar.account, &stranger));
        let refused = at
            .get(&format!("{roster}?cursor={forged}"), &self.vera.token)
            .await;
        assert_eq!(refused.status, 400, "{refused:?}");
    }

    async fn what_went_on(&self, at: &Premises) {
        let path = asks(&self.family, "/members/activity");
        let activity = at.get(&path, &self.vera.token).await.items();
        let first = activity.last().unwrap();
        assert_eq!(
            (
                &first["kind"],
                &first["how"],
                &first["name"],
                &first["by_name"]
            ),
            (
                &json!("joined"),
                &json!("founder"),
                &json!("Ada Founder"),
                &Value::Null
            )
        );
        let newest = &activity[0];
        assert_eq!(
            (&newest["kind"], &newest["name"], &newest["by_name"]),
            (
                &json!("reinstated"),
                &json!("Edgar Ender"),
                &json!("Ada Founder")
            )
        );
    }

    async fn a_name_is_found_as_it_is_typed(&self, at: &Premises) {
        let path = asks(&self.family, "/members/search");
        let found = async |typed: &str| {
            let path = format!("{path}?q={typed}");
            at.get(&path, &self.edgar.token).await
        };
        for typed in ["ver", "VIEW", "vera%20v"] {
            assert_eq!(found(typed).await.each("name"), ["Vera Viewing"], "{typed}");
        }
        let other = found("ver").await;
        assert!(!other.text.contains('@'), "{other:?}");
        assert!(found("zz").await.items().is_empty());
        for typed in [
            "",
            "v",
            "%20v%20",
            "ver&limit=4",
            "ver&limit=0",
            "ver&page=2",
        ] {
            let refused = found(typed).await;
            assert_eq!(refused.status, 400, "{typed}: {refused:?}");
        }
    }
}

/// A list, an item a page.
pub(crate) async fn pages(at: &Premises, path: &str, token: &str) -> Vec<Value> {
    let mark = if path.contains('?') { '&' } else { '?' };
    let first = format!("{path}{mark}limit=1");
    let (mut items, mut next) = (Vec::new(), first.clone());
    for _ in 0..MOST_PAGES {
        let page = at.get(&next, token).await.ok();
        items.extend(page["items"].as_array().unwrap().iter().cloned());
        let Some(cursor) = page["next_cursor"].as_str() else {
            return items;
        };
        next = format!("{first}&cursor={cursor}");
    }
    panic!("{path} has no end: {items:?}");
}
