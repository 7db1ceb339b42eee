//! What was read through before it is handed in, while the data change.

use serde_json::json;

use super::{CORRECTION, OLD, address, filled, import, one_parcel};
use crate::browser::Browser;

#[tokio::test]
async fn s10_data_that_changed_while_a_form_was_filled_in_are_said_before_it_is_handed_in() {
    let (place, portal) = one_parcel();
    let browser = Browser::at(&portal.address);
    let path = address(OLD, CORRECTION);
    let mut form = filled(&browser, OLD, CORRECTION).await;
    form["step"] = json!("review");
    let before = browser.post(&path, &form).await;
    assert!(before.status == 200 && !before.text.contains("填写期间数据更新过"), "{}", before.text);
    import(&place, &[json!({ "code": OLD }), json!({ "code": super::LEFT })]);
    // Pressed on the page that was read by the old data: that is said, and nothing is handed in.
    form["step"] = json!("submit");
    let said = browser.post(&path, &form).await;
    assert_eq!(said.status, 200, "{}", said.text);
    assert!(said.text.contains("填写期间数据更新过"), "{}", said.text);
    assert!(said.text.contains("第1版") && said.text.contains("第2版"), "{}", said.text);
    assert_eq!(said.hidden("token"), form["token"].as_str().map(str::to_owned));
    // A switch says it again.
    for name in ["seen", "since"] {
        form[name] = json!(said.hidden(name).unwrap());
    }
    let mut switched = form.clone();
    switched["step"] = json!("review");
    switched["elder"] = json!("1");
    let larger = browser.post(&path, &switched).await;
    assert!(larger.text.contains("填写期间数据更新过"), "{}", larger.text);
    // Read once more, it is handed in by the data that were shown then.
    let sent = browser.post(&path, &form).await;
    assert_eq!(sent.status, 303, "{}", sent.text);
    let data = browser.get(&format!("{}/data", sent.location())).await;
    assert!(data.text.contains("small/2"), "{}", data.text);
}
