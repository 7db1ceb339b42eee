//! Passkeys: what of a device's answer is believed, and what is not.

use domain::audit::SignInWay;
use store::MOST_PASSKEYS;

use super::{device::Device, *};

fn site() -> PasskeySite {
    PasskeySite::new(Some("jm.example"), true).unwrap()
}

impl Hall {
    /// Signs somebody in by passphrase and code.
    async fn signed_in(&self, member: &Member) -> SignedIn {
        self.later(60);
        let code = self.code(member, 0).await;
        self.tries(member.id.as_str(), PHRASE, &code).await.unwrap().who
    }

    /// Has somebody add the passkey of a device.
    async fn adds(&self, who: &SignedIn, device: &mut Device) -> Added {
        let asked = self.accounts.ask_for_new_passkey(&site(), who, "here").await.unwrap().unwrap();
        let credential = device.makes(&asked.options);
        self.takes(who, &asked, &credential, "我的手机").await
    }

    async fn takes(&self, who: &SignedIn, asked: &Asked, credential: &str, name: &str) -> Added {
        let challenge = &asked.challenge;
        let new = NewPasskey { name, challenge, credential, station: "here" };
        self.accounts.add_passkey(&site(), who, new).await.unwrap()
    }

    async fn asks(&self) -> Asked {
        self.accounts.ask_for_passkey(&site(), "here").await.unwrap()
    }

    async fn shown(&self, asked: &Asked, credential: &str, station: &str) -> Option<Began> {
        let shown = ShownPasskey { challenge: &asked.challenge, credential, station };
        self.accounts.sign_in_with_passkey(&site(), shown).await.unwrap()
    }

    /// Has a device show its passkey.
    async fn enters(&self, device: &mut Device) -> Option<Began> {
        let asked = self.asks().await;
        let credential = device.shows(&asked.options);
        self.shown(&asked, &credential, "here").await
    }
}

#[tokio::test]
async fn desk_d1_a_passkey_alone_signs_in_until_it_is_removed() {
    let hall = Hall::open();
    let li = hall.enrolled("li").await;
    let who = hall.signed_in(&li).await;
    let asked = hall.accounts.ask_for_new_passkey(&site(), &who, "here").await.unwrap().unwrap();
    let selection = &asked.options["publicKey"]["authenticatorSelection"];
    assert_eq!(selection["residentKey"], "required", "it is found without a name");
    assert_eq!(selection["userVerification"], "required");
    let mut device = Device::new("phone");
    assert_eq!(hall.adds(&who, &mut device).await, Added::Done);
    let [kept] = &hall.accounts.passkeys(&li.id).await.unwrap()[..] else { panic!("one") };
    assert_eq!((&*kept.name, kept.used_at), ("我的手机", None));
    assert!(!format!("{:?}", kept.handle).contains("li"), "the device is told no name by it");
    let asked = hall.asks().await;
    assert_eq!(asked.options["publicKey"]["userVerification"], "required");
    assert_eq!(asked.options["publicKey"]["allowCredentials"], serde_json::json!([]));
    for _ in 0..2 {
        let began = hall.enters(&mut device).await.unwrap();
        assert_eq!(began.who.member, li);
        let seen = hall.accounts.recognise(&began.token, "here").await.unwrap();
        assert_eq!(seen, Recognised::SignedIn(began.who.clone()));
        let stolen = hall.accounts.recognise(&began.token, "elsewhere").await.unwrap();
        assert_eq!(stolen, Recognised::Nobody, "the session is as any other");
    }
    let [kept] = &hall.accounts.passkeys(&li.id).await.unwrap()[..] else { panic!("one") };
    assert_eq!((kept.counter, kept.used_at), (3, Some(hall.clock.now())));
    assert_eq!(hall.accounts.list().await.unwrap()[0].passkeys, 1);
    let mark = kept.mark.clone();
    let wang = hall.enrolled("wang").await;
    let of_wang = hall.signed_in(&wang).await;
    assert!(!hall.accounts.remove_passkey(&of_wang, &mark).await.unwrap(), "somebody else's");
    let lost = hall.enters(&mut device).await.unwrap();
    assert!(hall.accounts.remove_passkey(&who, &mark).await.unwrap());
    let seen = async |token: &str| hall.accounts.recognise(token, "here").await.unwrap();
    assert_eq!(seen(&lost.token).await, Recognised::Nobody, "whoever found it is out");
    assert_eq!(hall.accounts.sessions(&li.id).await.unwrap().len(), 1, "their own goes on");
    assert_eq!(hall.enters(&mut device).await, None, "it was removed");
    let way = SignInWay::Passkey;
    let passkey = || mark.clone();
    let did = hall.did();
    assert!(did.contains(&StaffDid::PasskeyAdded { passkey: passkey() }), "{did:?}");
    assert!(did.contains(&StaffDid::SignedInBy { way }), "{did:?}");
    let removed =
        did.iter().position(|did| *did == StaffDid::PasskeyRemoved { passkey: passkey() });
    let since = &did[removed.unwrap() + 1..];
    assert_eq!(since.last(), Some(&StaffDid::Refused));
    assert!(since.contains(&StaffDid::SessionEnded), "{did:?}");
}

#[tokio::test]
async fn desk_d1_an_answer_is_believed_once_from_the_browser_that_was_asked_and_for_this_site() {
    let hall = Hall::open();
    let li = hall.enrolled("li").await;
    let who = hall.signed_in(&li).await;
    let mut device = Device::new("phone");
    assert_eq!(hall.adds(&who, &mut device).await, Added::Done);
    // Replayed: the same answer, and another one to what was answered.
    let asked = hall.asks().await;
    let credential = device.shows(&asked.options);
    assert!(hall.shown(&asked, &credential, "here").await.is_some());
    assert_eq!(hall.shown(&asked, &credential, "here").await, None, "once");
    let other = hall.asks().await;
    assert_eq!(hall.shown(&other, &credential, "here").await, None, "to another question");
    let fresh = device.shows(&asked.options);
    assert_eq!(hall.shown(&asked, &fresh, "here").await, None, "it was answered");
    let asked = hall.asks().await;
    let credential = device.shows(&asked.options);
    assert_eq!(hall.shown(&asked, &credential, "elsewhere").await, None, "another browser");
    assert_eq!(hall.shown(&asked, &credential, "here").await, None, "nor the first after it");
    let asked = hall.asks().await;
    let credential = device.shows(&asked.options);
    hall.later(5 * 60);
    assert_eq!(hall.shown(&asked, &credential, "here").await, None, "too late");
    assert_eq!(hall.shown(&asked, "no answer", "here").await, None);
    assert!(hall.enters(&mut device).await.is_some());
    // A site that looks like this one, and a device that lets anybody.
    device.origin = "https://jm.example.evil.example";
    assert_eq!(hall.enters(&mut device).await, None, "another origin");
    device.origin = "http://jm.example";
    assert_eq!(hall.enters(&mut device).await, None, "without TLS");
    device.origin = "https://jm.example";
    device.verifies = false;
    assert_eq!(hall.enters(&mut device).await, None, "nobody was verified");
    device.verifies = true;
    assert!(hall.enters(&mut device).await.is_some());
    // A copy counts on its own.
    device.counter -= 3;
    assert_eq!(hall.enters(&mut device).await, None, "it counted less than before");
    let did = hall.did();
    let [.., StaffDid::PasskeyDoubted { .. }, StaffDid::Refused] = &did[..] else {
        panic!("{did:?}")
    };
    // Another key under the same id.
    let mut forged = Device::new("phone");
    assert_ne!(hall.adds(&who, &mut forged).await, Added::Done, "the id is taken");
    forged.counter = 90;
    assert_eq!(hall.enters(&mut forged).await, None, "signed with another key");
}

#[tokio::test]
async fn desk_d1_a_passkey_is_added_by_whom_it_was_asked_of_soon_after_they_signed_in() {
    let hall = Hall::open();
    let (li, wang) = (hall.enrolled("li").await, hall.enrolled("wang").await);
    let (who, other) = (hall.signed_in(&li).await, hall.signed_in(&wang).await);
    let mut device = Device::new("phone");
    let asked =
        async || hall.accounts.ask_for_new_passkey(&site(), &who, "here").await.unwrap().unwrap();
    let first = asked().await;
    let credential = device.makes(&first.options);
    assert_eq!(hall.takes(&other, &first, &credential, "手机").await, Added::Refused, "theirs");
    assert_eq!(hall.takes(&who, &first, &credential, "手机").await, Added::Refused, "once");
    for name in ["", " ", "两\n行", &"长".repeat(41)] {
        let asked = asked().await;
        let credential = device.makes(&asked.options);
        assert_eq!(hall.takes(&who, &asked, &credential, name).await, Added::NoName, "{name:?}");
    }
    device.verifies = false;
    assert_eq!(hall.adds(&who, &mut device).await, Added::Refused, "nobody was verified");
    device.verifies = true;
    device.origin = "https://evil.example";
    assert_eq!(hall.adds(&who, &mut device).await, Added::Refused, "another origin");
    let to_enter = hall.asks().await;
    let credential = device.shows(&to_enter.options);
    assert_eq!(hall.takes(&who, &to_enter, &credential, "手机").await, Added::Refused);
    assert_eq!(hall.accounts.passkeys(&li.id).await.unwrap(), []);
    // What cannot be written down does not happen.
    let asked = asked().await;
    device.origin = "https://jm.example";
    let credential = device.makes(&asked.options);
    hall.paper.full.store(true, Ordering::Relaxed);
    let challenge = &asked.challenge;
    let new = NewPasskey { name: "x", challenge, credential: &credential, station: "here" };
    assert!(hall.accounts.add_passkey(&site(), &who, new).await.is_err());
    hall.paper.full.store(false, Ordering::Relaxed);
    assert_eq!(hall.accounts.passkeys(&li.id).await.unwrap(), []);
    for number in 0..MOST_PASSKEYS {
        let mut device = Device::new(&number.to_string());
        assert_eq!(hall.adds(&who, &mut device).await, Added::Done);
    }
    let full = hall.accounts.ask_for_new_passkey(&site(), &who, "here").await.unwrap();
    assert_eq!(full, Err(Added::Full));
    // Somebody finds the desk left alone.
    hall.later(10 * 60);
    let late = hall.accounts.ask_for_new_passkey(&site(), &who, "here").await.unwrap();
    assert_eq!(late, Err(Added::NotFresh));
    let new = NewPasskey { name: "x", challenge: "x", credential: "x", station: "here" };
    assert_eq!(hall.accounts.add_passkey(&site(), &who, new).await.unwrap(), Added::NotFresh);
}

#[tokio::test]
async fn desk_d1_a_lock_of_the_passphrase_is_not_of_the_passkey_and_a_closed_account_is_closed() {
    let hall = Hall::open();
    let li = hall.enrolled("li").await;
    let who = hall.signed_in(&li).await;
    let mut device = Device::new("phone");
    assert_eq!(hall.adds(&who, &mut device).await, Added::Done);
    // A stranger who knows the name keeps its holder out by no other way than the passphrase.
    for _ in 0..5 {
        assert_eq!(hall.tries("li", "guessed by a stranger", "000000").await, None);
    }
    assert_eq!(hall.did().last(), Some(&StaffDid::Locked));
    assert!(hall.enters(&mut device).await.is_some());
    let code = hall.code(&li, 0).await;
    assert_eq!(hall.tries("li", PHRASE, &code).await, None, "nor is that lock lifted by it");
    hall.later(16 * 60);
    // And wrong answers of a device lock nothing.
    device.verifies = false;
    for _ in 0..25 {
        assert_eq!(hall.enters(&mut device).await, None);
    }
    device.verifies = true;
    assert!(hall.enters(&mut device).await.is_some());
    let code = hall.code(&li, 0).await;
    assert!(hall.tries("li", PHRASE, &code).await.is_some());
    hall.paper.full.store(true, Ordering::Relaxed);
    let asked = hall.asks().await;
    let credential = device.shows(&asked.options);
    let challenge = &asked.challenge;
    let shown = ShownPasskey { challenge, credential: &credential, station: "here" };
    assert!(hall.accounts.sign_in_with_passkey(&site(), shown).await.is_err());
    hall.paper.full.store(false, Ordering::Relaxed);
    assert!(hall.accounts.disable(&li.id, "root").await.unwrap());
    assert_eq!(hall.enters(&mut device).await, None, "closed");
    let link = hall.accounts.reset(&li.id, "root").await.unwrap().unwrap();
    assert_eq!(hall.enters(&mut device).await, None, "set anew");
    let code = hall.code_of_link(&link.token).await;
    let chosen = Chosen { passphrase: PHRASE, again: PHRASE, code: &code };
    assert!(matches!(hall.accounts.enrol(&link.token, chosen).await.unwrap(), Enrolled::Done(_)));
    assert_eq!(hall.enters(&mut device).await, None, "its passkeys were taken away");
    assert_eq!(hall.accounts.passkeys(&li.id).await.unwrap(), []);
}

#[test]
fn desk_d1_a_portal_without_a_name_or_tls_has_no_passkeys() {
    let site = |host, tls| PasskeySite::new(host, tls).err();
    assert_eq!(site(Some("jm.example"), true), None);
    assert_eq!(site(Some("localhost:3000"), false), None, "the machine itself");
    assert_eq!(site(None, true), Some(NoPasskeys::NoHost));
    assert_eq!(site(Some("jm.example"), false), Some(NoPasskeys::NotSecure));
    assert_eq!(site(Some("192.0.2.1"), true), Some(NoPasskeys::NoName));
    assert_eq!(site(Some("[::1]:3000"), false), Some(NoPasskeys::NoName));
}
