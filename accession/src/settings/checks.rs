//! What the settings must be before anything starts: each refusal names the key, what was found and what is expected.
//!
//! It never corrects a value.

use accession_mail::{MailServer, Sender};
use accession_service::config::{ByteSize, ConfigError};
use accession_sign_in::Providers;

use super::{Mode, Settings, without_password};

/// A stream smaller than this would drop what its readers have not seen yet.
const SMALLEST_BUS: ByteSize = ByteSize::mebibytes(16);

/// As long as the route lets anybody ask for.
const LONGEST_OVERLAP: u32 = 30 * 24 * 60 * 60;

impl Settings {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        self.order()?;
        check_url(
            "log_url",
            self.log_url.as_deref(),
            &["postgres://", "postgresql://"],
        )?;
        check_url(
            "private_url",
            self.private_url.as_deref(),
            &["postgres://", "postgresql://"],
        )?;
        check_url("bus_url", self.bus_url.as_deref(), &["nats://", "tls://"])?;
        check_url(
            "read_store_url",
            self.read_store_url.as_deref(),
            &["redis://", "rediss://"],
        )?;
        if self.lanes == 0 || self.lanes > 64 {
            return Err(bad(
                "lanes",
                &format!("is {}; expected 1 to 64", self.lanes),
            ));
        }
        // In every mode: pages of these origins may send their cookies.
        if self.cors_origins.iter().any(|origin| origin.contains('*')) {
            return Err(refused(
                "cors_origins allows every origin; name the origins of your own pages",
            ));
        }
        let overlap = self.credential_overlap_seconds;
        if overlap > LONGEST_OVERLAP {
            let problem = format!("is {overlap}; expected at most {LONGEST_OVERLAP} (30 days)");
            return Err(bad("credential_overlap_seconds", &problem));
        }
        self.check_bus()?;
        self.check_checkpoints()?;
        self.check_traces()?;
        if self.root_key.is_some() && self.root_key_file.is_some() {
            return Err(bad(
                "root_key",
                "is set beside root_key_file; set one of them",
            ));
        }
        if self.admin_email.is_some() != self.admin_password_file.is_some() {
            return Err(bad(
                "admin_email",
                "and admin_password_file belong together; set both or neither",
            ));
        }
        self.documents()?;
        self.check_sign_in()?;
        self.check_mail()?;
        if self.mode == Mode::Production {
            self.check_production()?;
        }
        Ok(())
    }

    fn check_sign_in(&self) -> Result<(), ConfigError> {
        let schemes = ["https://", "http://"];
        check_url("public_url", self.public_url.as_deref(), &schemes)?;
        if self.sign_in_providers.is_empty() {
            return Ok(());
        }
        Providers::new(&self.sign_in_providers, &self.public_url())
            .map(|_| ())
            .map_err(|error| bad("sign_in_providers", &error.to_string()))
    }

    fn check_mail(&self) -> Result<(), ConfigError> {
        MailServer::parse(&self.mail_url).map_err(|error| bad("mail_url", &error.to_string()))?;
        Sender::parse(&self.mail_from()).map_err(|error| bad("mail_from", &error.to_string()))?;
        Ok(())
    }

    fn check_traces(&self) -> Result<(), ConfigError> {
        check_url(
            "trace_endpoint",
            self.trace_endpoint.as_deref(),
            &["http://", "https://"],
        )?;
        if (0.0..=1.0).contains(&self.trace_ratio) {
            return Ok(());
        }
        let problem = format!("is {}; expected 0 to 1", self.trace_ratio);
        Err(bad("trace_ratio", &problem))
    }

    fn check_bus(&self) -> Result<(), ConfigError> {
        if self.bus_url.is_some() && self.log_url.is_none() {
            return Err(bad(
                "bus_url",
                "is set without log_url: an embedded log wakes its readers in-process; unset it",
            ));
        }
        if self.bus_max_bytes < SMALLEST_BUS {
            let problem = format!(
                "is {}; expected at least {SMALLEST_BUS}, so that the stream holds a few batches",
                self.bus_max_bytes
            );
            return Err(bad("bus_max_bytes", &problem));
        }
        if !(1..=5).contains(&self.bus_replicas) {
            let problem = format!("is {}; expected 1 to 5", self.bus_replicas);
            return Err(bad("bus_replicas", &problem));
        }
        Ok(())
    }

    fn check_checkpoints(&self) -> Result<(), ConfigError> {
        check_url(
            "checkpoint_url",
            self.checkpoint_url.as_deref(),
            &["https://", "http://"],
        )?;
        if self.checkpoint_seconds == 0 || self.checkpoint_seconds > 86_400 {
            let problem = format!("is {}; expected 1 to 86400", self.checkpoint_seconds);
            return Err(bad("checkpoint_seconds", &problem));
        }
        Ok(())
    }

    fn check_production(&self) -> Result<(), ConfigError> {
        if !self.rate_limiter {
            return Err(refused(
                "rate_limiter is off; set it, and raise single limits with rate_limits if they are too low for you",
            ));
        }
        let weak = |secret: &String| secret.len() < 32 || secret.to_lowercase().contains("change");
        if self.token_secret.as_ref().is_some_and(weak) {
            return Err(refused(
                "token_secret is short or a placeholder; make one with `openssl rand -hex 32`",
            ));
        }
        let loopback = self.listen.ip().is_loopback();
        if !loopback
            && self
                .log_url
                .as_deref()
                .is_some_and(|url| url.contains("postgres:postgres@"))
        {
            return Err(refused(
                "log_url uses the default password `postgres`; give the database user another",
            ));
        }
        Ok(())
    }
}

fn check_url(key: &str, value: Option<&str>, schemes: &[&str]) -> Result<(), ConfigError> {
    match value {
        Some(url) if !schemes.iter().any(|scheme| url.starts_with(scheme)) => Err(bad(
            key,
            &format!(
                "is `{}`; expected it to begin with {}",
                without_password(url),
                schemes.join(" or ")
            ),
        )),
        _ => Ok(()),
    }
}

pub(super) fn bad(key: &str, problem: &str) -> ConfigError {
    ConfigError::BadValue {
        key: key.into(),
        problem: problem.into(),
    }
}

fn refused(problem: &str) -> ConfigError {
    ConfigError::Refused {
        problem: problem.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_of_the_wrong_kind_is_refused_without_showing_its_password() {
        let settings = Settings {
            log_url: Some("mysql://me:secret@host/db".into()),
            ..Settings::default()
        };
        let message = settings.check().unwrap_err().to_string();
        assert!(
            message.contains("log_url") && message.contains("postgres://"),
            "{message}"
        );
        assert!(!message.contains("secret"), "{message}");
    }

    #[test]
    fn a_provider_without_a_client_or_behind_plain_http_is_refused_by_name() {
        let google = accession_sign_in::ProviderSettings::default();
        let mut settings = Settings::default();
        settings.sign_in_providers.insert("google".into(), google);
        let message = settings.check().unwrap_err().to_string();
        assert!(
            message.contains("`google`") && message.contains("client_id"),
            "{message}"
        );
        if let Some(google) = settings.sign_in_providers.get_mut("google") {
            google.client_id = Some("us".into());
        }
        settings.public_url = Some("http://books.example".into());
        let message = settings.check().unwrap_err().to_string();
        assert!(
            message.contains("public_url") && message.contains("https"),
            "{message}"
        );
        settings.public_url = Some("https://books.example".into());
        assert!(settings.check().is_ok());
    }

    #[test]
    fn production_refuses_to_count_nobody() {
        let open = Settings {
            mode: Mode::Production,
            rate_limiter: false,
            ..Settings::default()
        };
        let refused = open.check().unwrap_err().to_string();
        assert!(refused.contains("rate_limiter"), "{refused}");
        let development = Settings {
            mode: Mode::Development,
            ..open
        };
        assert!(development.check().is_ok());
    }

    #[test]
    fn production_refuses_a_wildcard_origin_and_a_placeholder_secret() {
        let production = Settings {
            mode: Mode::Production,
            ..Settings::default()
        };
        assert!(production.check().is_ok());
        let open = Settings {
            cors_origins: vec!["*".into()],
            ..production.clone()
        };
        assert!(
            open.check()
                .unwrap_err()
                .to_string()
                .contains("every origin")
        );
        let weak = Settings {
            token_secret: Some("change-me-change-me-change-me-change-me".into()),
            ..production
        };
        assert!(
            weak.check()
                .unwrap_err()
                .to_string()
                .contains("placeholder")
        );
    }

    #[test]
    fn a_bus_that_is_too_small_or_has_no_copy_is_refused_with_what_is_expected() {
        let settings = |size: &str, bus_replicas| Settings {
            bus_max_bytes: size.parse().unwrap(),
            bus_replicas,
            ..Settings::default()
        };
        assert!(settings("16 MiB", 3).check().is_ok());
        let small = settings("1 MiB", 1).check().unwrap_err().to_string();
        assert!(
            small.contains("bus_max_bytes") && small.contains("16 MiB"),
            "{small}"
        );
        let none = settings("1 GiB", 0).check().unwrap_err().to_string();
        assert!(
            none.contains("bus_replicas") && none.contains("1 to 5"),
            "{none}"
        );
    }

    #[test]
    fn a_bus_without_a_shared_log_is_refused() {
        let settings = Settings {
            bus_url: Some("nats://x".into()),
            ..Settings::default()
        };
        assert!(
            settings
                .check()
                .unwrap_err()
                .to_string()
                .contains("log_url")
        );
    }
}
