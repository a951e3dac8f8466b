//! Whether this Redis may be trusted with documents: its version, and that it never evicts a key.
//! Never uses CONFIG, which managed services forbid: INFO tells the same.

use redis::cmd;

use super::link::Link;
use crate::store::ReadStoreError;

const OLDEST: u32 = 7;

pub(super) async fn check(link: &Link) -> Result<(), ReadStoreError> {
    match link.read::<String>(&cmd("INFO")).await {
        Ok(info) => judge(&info),
        Err(ReadStoreError::Unusable { reason }) => unusable(&format!(
            "INFO is not allowed, so its settings cannot be checked ({reason}); \
             allow it: `ACL SETUSER <user> +info`"
        )),
        Err(other) => Err(other),
    }
}

fn judge(info: &str) -> Result<(), ReadStoreError> {
    let field = |name: &str| {
        let value = info
            .lines()
            .find_map(|line| line.trim_end().strip_prefix(name)?.strip_prefix(':'));
        value.unwrap_or("not told")
    };
    let version = field("redis_version");
    let major = version
        .split('.')
        .next()
        .and_then(|major| major.parse::<u32>().ok());
    if major.is_none_or(|major| major < OLDEST) {
        return unusable(&format!(
            "its version is {version}; Redis {OLDEST}.0 or newer is needed"
        ));
    }
    let policy = field("maxmemory_policy");
    if policy != "noeviction" {
        return unusable(&format!(
            "`maxmemory-policy` is {policy}, expected noeviction, for an evicted document would be a false 404; \
             run `redis-cli CONFIG SET maxmemory-policy noeviction` and set it in redis.conf"
        ));
    }
    match field("loading") {
        "1" => Err(ReadStoreError::Unavailable {
            reason: "Redis is still loading its data".to_owned(),
        }),
        _ => Ok(()),
    }
}

fn unusable(reason: &str) -> Result<(), ReadStoreError> {
    Err(ReadStoreError::Unusable {
        reason: format!("Redis: {reason}"),
    })
}

#[cfg(test)]
mod tests {
    use super::judge;

    fn judged(version: &str, policy: &str) -> String {
        let info = format!(
            "# Server\r\nredis_version:{version}\r\nloading:0\r\nmaxmemory_policy:{policy}\r\n"
        );
        judge(&info).map_or_else(|error| error.to_string(), |()| "fine".to_owned())
    }

    #[test]
    fn a_current_redis_that_never_evicts_is_fine() {
        assert_eq!(judged("7.0.15", "noeviction"), "fine");
        assert_eq!(judged("10.1", "noeviction"), "fine");
    }

    #[test]
    fn an_evicting_redis_is_refused_with_the_setting_and_the_command() {
        let reason = judged("7.2.4", "volatile-ttl");
        for part in [
            "maxmemory-policy",
            "volatile-ttl",
            "noeviction",
            "CONFIG SET",
        ] {
            assert!(reason.contains(part), "{reason}");
        }
    }

    #[test]
    fn an_old_redis_is_refused_with_its_version() {
        assert!(judged("6.2.14", "noeviction").contains("6.2.14"));
        assert!(judge("").is_err());
    }

    #[test]
    fn a_loading_redis_is_unavailable_for_now() {
        let info = "redis_version:7.0.0\nmaxmemory_policy:noeviction\nloading:1\n";
        assert!(judge(info).unwrap_err().to_string().contains("loading"));
    }
}
