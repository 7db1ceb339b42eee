//! Browsers inside other apps.

/// How these apps name themselves in the user agent.
const APPS: [&str; 12] = [
    "MicroMessenger", // WeChat
    "DingTalk",
    "AlipayClient",
    " QQ/", // the chat app; QQBrowser is a browser like others
    "Weibo",
    "aweme", // Douyin
    "baiduboxapp",
    "Lark/", // Feishu
    "FBAN/",
    "FBAV/",
    "Instagram",
    "Line/",
];

/// Whether a page with this user agent was probably opened inside an app that gives no camera to
/// pages. Decides nothing but the words: whether there is a camera is asked of the browser.
pub fn is_in_app(user_agent: &str) -> bool {
    APPS.iter().any(|app| user_agent.contains(app))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chat_and_payment_apps_are_told_from_browsers() {
        for agent in [
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.47(0x18002f2f) NetType/WIFI Language/zh_CN",
            "Mozilla/5.0 (Linux; U; Android 13; zh-CN) AppleWebKit/537.36 Chrome/100.0 UWS/5.12 Mobile Safari/537.36 AliApp(DingTalk/7.5.0) com.alibaba.android.rimet",
            "Mozilla/5.0 (Linux; U; Android 12) AppleWebKit/537.36 AlipayDefined(nt:WIFI) AliApp(AP/10.5.36) AlipayClient/10.5.36",
            "Mozilla/5.0 (Linux; Android 12) AppleWebKit/537.36 MQQBrowser/6.2 TBS/046238 Mobile Safari/537.36 V1_AND_SQ_8.9.28 QQ/8.9.28.10155",
        ] {
            assert!(is_in_app(agent), "{agent}");
        }
        for agent in [
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Mobile/15E148 Safari/604.1",
            "Mozilla/5.0 (Linux; U; Android 13; zh-cn) AppleWebKit/537.36 Chrome/109.0 MQQBrowser/14.6 Mobile Safari/537.36",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
        ] {
            assert!(!is_in_app(agent), "{agent}");
        }
    }
}
