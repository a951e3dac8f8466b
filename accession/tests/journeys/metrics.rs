//! What every role shows to Prometheus, against the handbook's table, the alerts and the dashboard.
//!
//! A name that somebody waits for and nobody shows is found here, and the other way round.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use accession_testkit::{PrivateNats, PrivatePrometheus, PrivateRedis, eventually};
use serde_json::Value;

use crate::system::{SOON, get, json, report, run};
use crate::three_stores::Roles;

fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

fn file(path: &str) -> String {
    std::fs::read_to_string(project(path)).unwrap()
}

/// Type and labels of a metric.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Shape {
    kind: String,
    labels: BTreeSet<String>,
}

/// The handbook's table: | `name` | type | labels | … |.
fn documented() -> BTreeMap<String, Shape> {
    let text = file("docs/operating.md");
    let (_, after) = text.split_once("## Metrics").unwrap();
    let section = after.split("\n## ").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| `"));
    rows.map(|row| {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let labels = cells[3]
            .split([',', ' '])
            .map(|label| label.trim_matches('`'));
        let shape = Shape {
            kind: cells[2].to_owned(),
            labels: labels
                .filter(|label| !label.is_empty() && *label != "—")
                .map(str::to_owned)
                .collect(),
        };
        (cells[1].trim_matches('`').to_owned(), shape)
    })
    .collect()
}

/// What the text of `/metrics` shows, added to what is known.
fn read_exposition(text: &str, known: &mut BTreeMap<String, Shape>) {
    for line in text.lines() {
        if let Some(declared) = line.strip_prefix("# TYPE ") {
            let (name, kind) = declared.split_once(' ').unwrap();
            known.entry(name.to_owned()).or_insert_with(|| Shape {
                kind: kind.to_owned(),
                labels: BTreeSet::new(),
            });
        } else if !line.starts_with('#') && !line.is_empty() {
            let (series, _) = line.rsplit_once(' ').unwrap();
            let (name, labels) = series.split_once('{').unwrap_or((series, ""));
            let base = ["_bucket", "_sum", "_count"]
                .iter()
                .filter_map(|suffix| name.strip_suffix(suffix))
                .find(|base| known.contains_key(*base))
                .unwrap_or(name);
            let shape = known.get_mut(base).unwrap_or_else(|| panic!("{line}"));
            let names = labels.trim_end_matches('}').split("\",");
            let names = names.filter_map(|label| label.split_once('=').map(|(name, _)| name));
            shape
                .labels
                .extend(names.filter(|name| *name != "le").map(str::to_owned));
        }
    }
}

/// The names of metrics in an expression.
fn names(expression: &str) -> BTreeSet<String> {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    expression
        .split(|c| !word(c))
        .filter(|name| name.starts_with("accession_") || name.starts_with("process_"))
        .map(str::to_owned)
        .collect()
}

/// The expressions of the dashboard's panels.
fn panels() -> Vec<String> {
    let dashboard: Value =
        serde_json::from_str(&file("deploy/observability/dashboard.json")).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let targets = panels
        .iter()
        .flat_map(|panel| panel["targets"].as_array().unwrap().clone());
    targets
        .map(|target| target["expr"].as_str().unwrap().to_owned())
        .collect()
}

/// The expressions of the alerts.
fn alerts() -> Vec<String> {
    let text = file("deploy/observability/alerts.yaml");
    let expressions = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("expr:"));
    expressions.map(|text| text.trim().to_owned()).collect()
}

#[test]
fn promtool_accepts_the_alerts_and_each_of_them_can_fire() {
    let folder = project("deploy/observability");
    for arguments in [
        ["check", "rules", "alerts.yaml"],
        ["test", "rules", "alerts_test.yaml"],
        ["check", "config", "prometheus.yaml"],
    ] {
        let output = Command::new("promtool")
            .args(arguments)
            .current_dir(&folder)
            .output()
            .expect("promtool comes with Debian's prometheus; `make test` installs it");
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{arguments:?}: {said}");
    }
    let tests = file("deploy/observability/alerts_test.yaml");
    let rules = file("deploy/observability/alerts.yaml");
    for name in rules
        .lines()
        .filter_map(|line| line.trim().strip_prefix("- alert: "))
    {
        assert!(
            tests.contains(&format!("alertname: {name}\n")),
            "{name} is never made to fire"
        );
    }
}

#[test]
fn alerts_and_panels_use_documented_metrics_only() {
    let documented = documented();
    for expression in panels().into_iter().chain(alerts()) {
        for name in names(&expression) {
            let base = ["_bucket", "_sum", "_count"]
                .iter()
                .find_map(|suffix| name.strip_suffix(suffix))
                .unwrap_or(&name);
            assert!(documented.contains_key(base), "{name} in {expression}");
        }
    }
}

mod faults {
    use super::*;

    /// Makes all metrics appear: writes, reads, an import, and stores that go away for a moment.
    async fn live_through(roles: &Roles, nats: &PrivateNats, redis: &PrivateRedis) {
        let (id, position) = roles.add("Measured").await;
        roles.read(&id, &position).await;
        let imported = report(&roles.import(&["sample"]));
        assert_eq!(imported["exit_code"], 0, "{imported}");
        nats.kill();
        redis.kill();
        get(&format!("{}/api/read/titles/{id}", roles.read_api.url)).await;
        let (id, position) = roles.add("Without a bus and a read store").await;
        let restarted = format!("{}/metrics", roles.command_api.url);
        eventually(SOON, async || {
            let shown = get(&restarted).await.text().await.unwrap();
            shown.contains("accession_relay_restarts_total{")
        })
        .await;
        nats.restart().await;
        redis.restart().await;
        roles.read(&id, &position).await;
        let rebuild = ["read-models", "rebuild", "title_card", "--json"];
        let output = run(roles.folder.path(), &roles.environment, &rebuild);
        assert_eq!(report(&output)["stage"], "done");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn prometheus_finds_what_alerts_and_panels_ask_for_and_the_handbook_lists_all_of_it() {
        let nats = PrivateNats::start().await;
        let redis = PrivateRedis::start_durable().await;
        let roles = Roles::start(&nats.url(), &redis.url()).await;
        live_through(&roles, &nats, &redis).await;
        let urls = [
            &roles.command_api.url,
            &roles.projector.url,
            &roles.read_api.url,
        ];
        let mut shown = BTreeMap::new();
        for url in urls {
            let text = get(&format!("{url}/metrics")).await.text().await.unwrap();
            read_exposition(&text, &mut shown);
        }
        let documented = documented();
        for (name, shape) in &shown {
            assert_eq!(
                documented.get(name),
                Some(shape),
                "{name} in docs/operating.md"
            );
        }
        for name in documented.keys() {
            assert!(
                shown.contains_key(name),
                "{name} is documented, and no role shows it"
            );
        }
        let targets = urls.map(|url| url.trim_start_matches("http://").to_owned());
        let alerts = project("deploy/observability/alerts.yaml")
            .canonicalize()
            .unwrap();
        let prometheus = PrivatePrometheus::scraping(targets.to_vec(), vec![alerts]).await;
        asks(&prometheus).await;
    }

    /// Everything that alerts and panels ask for has an answer.
    async fn asks(prometheus: &PrivatePrometheus) {
        let query = async |expression: &str| {
            let url = reqwest::Url::parse_with_params(
                &format!("{}/api/v1/query", prometheus.url()),
                [("query", expression)],
            );
            json(url.unwrap().as_str()).await["data"]["result"].clone()
        };
        eventually(SOON, async || {
            query("sum(up{job=\"accession\"})").await[0]["value"][1] == "3"
        })
        .await;
        for expression in panels().into_iter().chain(alerts()) {
            query(&expression).await;
            for name in names(&expression) {
                let found = query(&format!("count({name})")).await;
                assert!(
                    found[0].is_object(),
                    "{name} of {expression} is not scraped"
                );
            }
        }
        let url = format!("{}/api/v1/rules", prometheus.url());
        let rules = eventually(SOON, async || {
            let rules = json(&url).await["data"]["groups"][0]["rules"].clone();
            let all = rules.as_array()?.clone();
            let evaluated = |rule: &Value| rule["health"] != "unknown";
            all.iter().all(evaluated).then_some(all)
        })
        .await;
        for rule in rules {
            assert_eq!(rule["health"], "ok", "{rule}");
        }
    }
}
