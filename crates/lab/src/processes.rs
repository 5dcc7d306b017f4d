//! What the system says of processes, and what a worker is allowed to have.

#[cfg(target_os = "linux")]
use std::path::PathBuf;

/// Whether a process of this id runs.
pub fn is_alive(process_id: u32) -> bool {
    #[cfg(target_os = "linux")]
    {
        folder_of(process_id).exists()
    }
    #[cfg(not(target_os = "linux"))]
    {
        known(process_id, |_| ()).is_some()
    }
}

/// Bytes of memory that a process holds now; 0 for one that is gone.
pub fn memory_in_use(process_id: u32) -> u64 {
    #[cfg(target_os = "linux")]
    {
        bytes_in(&folder_of(process_id).join("status"), "VmRSS:").unwrap_or(0)
    }
    #[cfg(not(target_os = "linux"))]
    {
        known(process_id, sysinfo::Process::memory).unwrap_or(0)
    }
}

/// Bytes of memory that this computer has; `None` where the system does not say.
pub fn memory_of_computer() -> Option<u64> {
    #[cfg(target_os = "linux")]
    {
        bytes_in(&PathBuf::from("/proc/meminfo"), "MemTotal:")
    }
    #[cfg(not(target_os = "linux"))]
    {
        let mut system = sysinfo::System::new();
        system.refresh_memory();
        Some(system.total_memory()).filter(|bytes| *bytes > 0)
    }
}

/// Puts this process behind those that a person waits for. Where the system knows no such thing it stays as it is.
pub fn step_back() {
    #[cfg(unix)]
    {
        const BEHIND: i32 = 10;
        // An order of precedence that is refused costs smoothness alone.
        let _ = rustix::process::nice(BEHIND);
    }
}

/// From here on this process may hold so many bytes of data; what asks for more ends it. Only Linux counts them.
pub fn limit_memory(bytes: u64) {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let limit = Rlimit {
            current: Some(bytes),
            maximum: Some(bytes),
        };
        // A stricter limit that stands already stays.
        let _ = setrlimit(Resource::Data, limit);
    }
    #[cfg(not(unix))]
    {
        let _ = bytes;
    }
}

#[cfg(target_os = "linux")]
fn folder_of(process_id: u32) -> PathBuf {
    PathBuf::from("/proc").join(process_id.to_string())
}

/// The number of kilobytes behind a key, in bytes.
#[cfg(target_os = "linux")]
fn bytes_in(file: &std::path::Path, key: &str) -> Option<u64> {
    let text = std::fs::read_to_string(file).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(key))?;
    let kilobytes: u64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kilobytes * 1024)
}

#[cfg(not(target_os = "linux"))]
fn known<T>(process_id: u32, of: impl Fn(&sysinfo::Process) -> T) -> Option<T> {
    let mut system = sysinfo::System::new();
    let id = sysinfo::Pid::from_u32(process_id);
    system.refresh_processes(sysinfo::ProcessesToUpdate::Some(&[id]), true);
    system.process(id).map(of)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_is_alive_and_holds_less_than_the_computer_has() {
        let own = std::process::id();
        assert!(is_alive(own));
        assert!(!is_alive(u32::MAX - 1));
        let used = memory_in_use(own);
        assert!(used > 0 && used < memory_of_computer().unwrap(), "{used}");
        assert_eq!(memory_in_use(u32::MAX - 1), 0);
    }
}
