//! What a person should know while they look elsewhere: notices of the lab as the system's own notifications.

use std::sync::Arc;

use assay_api::{Desk, Event, NoticeLevel};
use notify_rust::Notification;
use tauri::{AppHandle, Manager};

/// Follows the notices until the application ends.
pub fn follow(app: &AppHandle, desk: &Arc<Desk>) {
    let events = desk.listen();
    let app = app.clone();
    std::thread::spawn(move || {
        for event in events {
            let Event::Notice { level, text } = event else {
                continue;
            };
            let windows = app.webview_windows();
            let is_seen = windows
                .values()
                .any(|window| window.is_focused().unwrap_or(false));
            if is_worth_it(level, is_seen) {
                // A system without notifications still has the notice in the window.
                let _ = notification(level, &text).show();
            }
        }
    });
}

/// The window itself shows every notice; the system is for those who do not look at it.
fn is_worth_it(level: NoticeLevel, is_seen: bool) -> bool {
    !is_seen && level != NoticeLevel::Info
}

/// The first clause is the headline.
fn notification(level: NoticeLevel, text: &str) -> Notification {
    let (headline, rest) = text.split_once(": ").unwrap_or((text, ""));
    let mut notification = Notification::new();
    notification.appname("Assay").summary(headline).body(rest);
    if level == NoticeLevel::Critical {
        urgent(&mut notification);
    }
    notification
}

#[cfg(all(unix, not(target_os = "macos")))]
fn urgent(notification: &mut Notification) {
    notification.urgency(notify_rust::Urgency::Critical);
}

#[cfg(not(all(unix, not(target_os = "macos"))))]
fn urgent(_: &mut Notification) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_matters_interrupts_who_looks_elsewhere() {
        for (level, is_seen, wanted) in [
            (NoticeLevel::Info, false, false),
            (NoticeLevel::Warning, false, true),
            (NoticeLevel::Critical, false, true),
            (NoticeLevel::Critical, true, false),
        ] {
            assert_eq!(is_worth_it(level, is_seen), wanted, "{level:?} {is_seen}");
        }
    }

    #[test]
    fn the_rule_is_the_headline() {
        let made = notification(
            NoticeLevel::Critical,
            "prices: `x` drifted in window 2 of 3",
        );
        assert_eq!(
            (made.summary.as_str(), made.body.as_str()),
            ("prices", "`x` drifted in window 2 of 3")
        );
    }
}
