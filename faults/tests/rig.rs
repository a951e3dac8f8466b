//! The rig on a short run, and the rig against two builds that are broken on purpose: it has to find both.
//!
//! The whole run is `make faults`.

#![cfg(test)]

mod faults {
    use std::path::{Path, PathBuf};
    use std::process::Command;

    use accession_faults::play::{End, Program};
    use accession_faults::{Verdict, all, play, report};

    /// Where the build puts programs.
    fn folder() -> PathBuf {
        let test = std::env::current_exe().unwrap();
        test.ancestors().nth(2).unwrap().to_owned()
    }

    /// Builds a program of the product into the folder of this build, as it may not be there or be an older one.
    fn built(name: &str, features: &str) -> PathBuf {
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let built = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--package", "accession", "--bin", name])
            .args(["--features", features, "--target-dir"])
            .arg(folder().parent().unwrap())
            .current_dir(workspace)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&built.stderr);
        assert!(built.status.success(), "{said}");
        folder().join(name)
    }

    async fn verdict(scenario: &str, program: PathBuf, sabotage: Option<&str>) -> Verdict {
        let scenario = all().into_iter().find(|known| known.name == scenario);
        let sabotage = sabotage.map(|defect| ("SABOTAGE".to_owned(), defect.to_owned()));
        let program = Program {
            path: program,
            environment: sabotage.into_iter().collect(),
            evidence: folder().join("faults"),
        };
        play(scenario.unwrap(), 1, &program).await
    }

    async fn green(scenario: &str) {
        let verdict = verdict(scenario, built("accession", ""), None).await;
        let line = report::line(&verdict);
        assert!(matches!(verdict.end, End::Green { .. }), "{line}");
    }

    async fn found(scenario: &str, defect: &str) -> Vec<String> {
        let program = built("accession-sabotaged", "sabotage");
        match verdict(scenario, program, Some(defect)).await.end {
            End::Red { findings } => findings,
            other => panic!("the rig has not seen that this build is broken: {other:?}"),
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn nothing_is_lost_when_the_writer_is_killed() {
        green("kill-command-api").await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn nothing_is_lost_when_the_embedded_server_is_killed() {
        green("embedded-kill").await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn documents_are_those_of_a_fresh_replay_when_the_projector_is_killed() {
        green("kill-projector").await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_rig_sees_a_build_that_acknowledges_before_it_commits() {
        let findings = found("kill-command-api", "early-acknowledgement").await;
        let lost = findings.iter().any(|finding| finding.starts_with("LOST"));
        assert!(lost, "{findings:#?}");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_rig_sees_a_build_that_writes_checkpoints_apart_from_their_documents() {
        let findings = found("kill-projector", "torn-checkpoint").await;
        let torn = |finding: &String| finding.starts_with("DIFFERENT");
        assert!(findings.iter().any(torn), "{findings:#?}");
    }
}
