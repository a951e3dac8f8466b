//! Who may what is asked now: an old token after a change of role, after leaving, after leaving everywhere; on both APIs,
//! embedded and over three stores.
//!
//! Never waits between a change and the next request.

use accession_testkit::Stores;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::system::{Embedded, client, run, text};
use crate::three_stores::Roles;

/// Where both APIs are, and somebody who operates the platform.
struct Site {
    write: String,
    read: String,
    admin: String,
}

/// What an answer says that matters here.
struct Said {
    status: StatusCode,
    body: Value,
    position: String,
}

impl Site {
    async fn ask(&self, method: Method, url: &str, token: &str, body: Option<Value>) -> Said {
        let mut request = client().request(method, url);
        if !token.is_empty() {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.unwrap();
        let position = answer.headers().get("accession-position");
        Said {
            position: position.map_or_else(String::new, |at| at.to_str().unwrap().to_owned()),
            status: answer.status(),
            body: answer.json().await.unwrap_or_default(),
        }
    }

    async fn post(&self, path: &str, token: &str, body: Value) -> Said {
        let url = format!("{}/api/v1/{path}", self.write);
        self.ask(Method::POST, &url, token, Some(body)).await
    }

    /// A question; its answer has to contain what was changed at this position.
    async fn get(&self, path: &str, token: &str, position: &str) -> StatusCode {
        let url = format!("{}/api/read/{path}?min_position={position}", self.read);
        self.ask(Method::GET, &url, token, None).await.status
    }

    async fn log_in(&self) -> Value {
        let body =
            json!({ "email": "ana@example.org", "password": "correct horse battery staple" });
        let said = self.post("auth/login", "", body).await;
        assert_eq!(said.status, 200, "{}", said.body);
        said.body
    }

    async fn register(&self) -> Value {
        let body = json!({ "email": "ana@example.org", "password": "correct horse battery staple", "name": "Ana",
            "language": "en", "accepted_privacy_version": "1", "accepted_terms_version": "1" });
        assert_eq!(self.post("auth/register", "", body).await.status, 201);
        self.log_in().await
    }

    async fn set_role(&self, account: &str, role: Value) -> String {
        let path = format!("admin/accounts/{account}/role");
        let said = self.post(&path, &self.admin, json!({ "role": role })).await;
        assert_eq!(said.status, 200, "{}", said.body);
        said.position
    }

    /// An old token is worth what its account is worth now, from the next request on.
    async fn tells_the_present(&self) {
        let handed = self.register().await;
        let token = handed["access_token"].as_str().unwrap();
        let account = handed["account_id"].as_str().unwrap();
        assert_eq!(self.get("me/sessions", token, "0").await, 200);
        let book = |name: &str| json!({ "kind": "book", "name": name });
        assert_eq!(self.post("titles", token, book("One")).await.status, 403);
        let granted = self.set_role(account, json!("curator")).await;
        assert_eq!(self.post("titles", token, book("Two")).await.status, 201);
        assert_eq!(self.get("imports", token, &granted).await, 200);
        let revoked = self.set_role(account, Value::Null).await;
        assert_eq!(self.post("titles", token, book("Three")).await.status, 403);
        assert_eq!(self.get("imports", token, &revoked).await, 403);
        let other = self.log_in().await;
        let other = other["access_token"].as_str().unwrap();
        let left = json!({ "refresh_token": handed["refresh_token"] });
        let left = self.post("auth/logout", "", left).await;
        assert_eq!(left.status, 204);
        assert_eq!(self.get("me/sessions", token, &left.position).await, 401);
        assert_eq!(self.get("me/sessions", other, &left.position).await, 200);
        let all = self.post("auth/logout-all", other, json!({})).await;
        assert_eq!(all.status, 204);
        assert_eq!(self.get("me/sessions", other, &all.position).await, 401);
        assert_eq!(
            self.post("auth/logout-all", other, json!({})).await.status,
            401
        );
    }
}

#[tokio::test]
async fn an_old_token_is_worth_what_its_account_is_worth_now_embedded() {
    let system = Embedded::start().await;
    let site = Site {
        write: system.server.url.clone(),
        read: system.server.url.clone(),
        admin: system.token("admin"),
    };
    site.tells_the_present().await;
}

#[tokio::test]
async fn an_old_token_is_worth_what_its_account_is_worth_now_on_three_stores() {
    let stores = Stores::shared();
    let roles = Roles::start(&stores.nats_url, &stores.redis_url).await;
    let admin = ["token", "mint", "--role", "admin"];
    let site = Site {
        write: roles.command_api.url.clone(),
        read: roles.read_api.url.clone(),
        admin: text(&run(roles.folder.path(), &roles.environment, &admin)),
    };
    site.tells_the_present().await;
}
