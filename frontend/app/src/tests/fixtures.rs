//! A server with one rich place, and one that does not answer.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use domain::{
    LandCode, Localized,
    base_map::{BaseFeature, Bounds},
    clock::china_date,
    code::{ParcelCode, Strictness},
    contact::Contact,
    dataset::{DataVersion, DatasetInfo, Epoch},
    dictionary::Coded,
    figures::{Figures, Window},
    lineage::Lineage,
    policy::Policies,
    record::Value,
    request::{Actor, MessageKind, Outcome, ReceiptKey, RequestEvent, RequestNumber, RequestState},
    retention::Retentions,
    service::{Answers, ServiceItem},
    signed_verdict::{Issuer, SignedVerdict},
    signing::PublishedKeys,
    suitability::RuleSet,
    viewer::Viewer,
    working_days::working_days,
};
use jiff::{SignedDuration, Timestamp};

use jiff::civil::Date;

use super::land::{around, features, record, told};
use service_api::{
    Assessment, DeletedBecause, DeletedView, DeliveryProgress, DepartmentProgress, DossierView,
    Drawn, Example, Export, GenuineLabel, ItemOf, Items, ItemsAsked, Keeping, LabelReading,
    LabelSubject, ListedCollection, MapAround, NotShown, NoticeLink, NoticeView, Opened,
    OutlineAsked, OutlineAssessment, Place, Portal, Reach, Redecision, Refusal, RequestView,
    Search, SearchHit, SearchPage, Seen, SiteSearch, SitesAsked, SitesWanted, TileAsked, TileDrawn,
    TileLayer, Unavailable, VerdictReading, Visit, WithdrawnLabel,
    former::{AsOf, Before, PlaceChanges},
};

/// The code of the place.
pub const CODE: &str = "330521001002GB00011";
/// A unit on it.
pub const UNIT: &str = "330521001002GB00011F00010003";

/// What the fake server does.
#[derive(Clone, Default)]
pub struct Fake {
    pub down: bool,
    /// It has no rules about sites.
    pub unjudged: bool,
    /// Why it searches no sites, if it does not.
    pub unsearched: Option<&'static str>,
    pub former: bool,
    /// The place is one of sea.
    pub sea: bool,
    /// A corner of the place lies in a danger zone.
    pub danger: bool,
    /// The place lies outside of the urban development boundary.
    pub outside: bool,
    /// Another layer of a theme that concerns the place does not reach it.
    pub half_known: bool,
    /// Nobody is shown where in the place restrictions lie.
    pub unhatched: bool,
    /// Whether the days of changes may be told, whatever the policy says.
    pub days: bool,
    /// Nothing is left of the former place but its history.
    pub only_history: bool,
    pub text: Option<String>,
    /// How the request's delivery stands; delivered unless told.
    pub progress: Option<DeliveryProgress>,
    /// How long it is kept; as long as it is open unless told.
    pub keeping: Option<Keeping>,
    /// Where requests go; to the department unless told.
    pub reach: Option<Reach>,
    /// How departments are reached; nothing is known unless told.
    pub contact: Option<Contact>,
    /// The services that nobody can ask for; none unless told.
    pub not_offered: Vec<&'static str>,
    /// The department has not said anything yet.
    pub silent: bool,
    /// The secret that opened the request, which says what became of it.
    pub opened_by: Arc<Mutex<String>>,
    /// What happened to the request beside the usual.
    pub more: Vec<(RequestState, Actor, &'static str)>,
    /// What the department said became of it as an application, after that.
    pub outcomes: Vec<Outcome>,
    /// Where its notices stand; it sends none unless told.
    pub notices: Option<NoticeView>,
}

pub fn code(text: &str) -> LandCode {
    LandCode::parse(text, Strictness::LookUp).unwrap().code
}

pub fn parcel(text: &str) -> ParcelCode {
    ParcelCode::parse(text, Strictness::LookUp).unwrap().code
}

pub fn number() -> RequestNumber {
    RequestNumber::parse("JM-20261122-7K3MQ2VX").unwrap()
}

pub fn version() -> DataVersion {
    DataVersion {
        dataset: DatasetInfo {
            id: "deqing-demo".into(),
            title: Localized::new("德清演示区", "Deqing demonstration district"),
            source: Localized::new(
                "见码演示数据，虚构，CC0",
                "Jianma demonstration data, invented, CC0",
            ),
            map_review_number: None,
            source_date: "2026-11-01".parse().unwrap(),
            demonstration: true,
            policy: "zhejiang".into(),
        },
        number: 3,
        imported_at: "2026-11-20T02:15:00Z".parse().unwrap(),
    }
}

impl Fake {
    fn place(&self, code: &LandCode, viewer: &Viewer) -> Option<Place> {
        let own = if self.sea { "330521000000GH00001" } else { CODE };
        if code.parcel() != parcel(own) {
            return None;
        }
        let policy = self.policies().governing(&version().dataset).unwrap();
        let asked = code.unit();
        let today = "2026-11-22".parse().unwrap();
        let record = record(self, code);
        let profile = policy.disclose(&record, asked.as_ref(), viewer, today);
        profile.map(|mut profile| {
            // Nothing of the units on a parcel that has ended.
            profile.unit = profile.unit.filter(|_| !self.former);
            profile.change_days |= self.days;
            profile.extents = profile.extents.filter(|_| !self.unhatched);
            let features = if self.former { Vec::new() } else { features(&record) };
            let extents = profile.extents_of(&features);
            let map = MapAround { extents, ..around() };
            let map = Some(map).filter(|_| !self.only_history);
            let lineage =
                Lineage::of(code.parcel(), &told(self.former, today, profile.change_days));
            let only_history = self.only_history;
            let tier = viewer.tier_for(code);
            Place { profile, map, lineage, only_history, tier, as_of: None }
        })
    }

    fn seen_by(
        &self,
        (code, _drawn): (&LandCode, Drawn),
        viewer: &Viewer,
    ) -> Result<Option<Seen>, Unavailable> {
        if self.down {
            return Err(Unavailable);
        }
        Ok(self.place(code, viewer).map(|place| Seen { place, epoch: None }))
    }

    fn near(&self, written: &str) -> Vec<LandCode> {
        let own = Some(code(CODE)).filter(|_| !self.down);
        domain::code::near_misses(written).into_iter().filter(|near| Some(*near) == own).collect()
    }
}

#[async_trait]
impl Portal for Fake {
    fn epoch(&self) -> Option<Epoch> {
        None
    }

    async fn see(&self, visit: &Visit, of: (&LandCode, Drawn)) -> Result<Seen, Refusal> {
        let near = || self.near(of.0.as_str());
        let seen = self.seen_by(of, &visit.viewer)?;
        seen.ok_or_else(|| Refusal::Nothing { near: near() })
    }

    async fn see_as_of(&self, visit: &Visit, code: &LandCode, day: Date) -> Result<AsOf, Refusal> {
        let mut place = self.look(visit, code).await?;
        (place.as_of, place.map) = (Some(day), None);
        Ok(AsOf::Then(Box::new(place)))
    }

    async fn changes_at(&self, visit: &Visit, code: &LandCode) -> Result<PlaceChanges, Refusal> {
        let now = self.look(visit, code).await?;
        Ok(PlaceChanges { now, before: Before::NotKept })
    }

    async fn let_at_hand(
        &self,
        _visit: &Visit,
        _code: &LandCode,
        is_still: &(dyn Fn() -> bool + Sync),
    ) -> bool {
        is_still()
    }

    async fn for_everybody(&self, of: (&LandCode, Drawn)) -> Result<Option<Seen>, Unavailable> {
        self.seen_by(of, &Viewer::public())
    }

    async fn knows(&self, visit: &Visit, code: &LandCode) -> Result<Lineage, Refusal> {
        self.look(visit, code).await.map(|place| place.lineage)
    }

    // No page asks by a point.
    async fn at_point(&self, _: &Visit, _: (f64, f64)) -> Result<Vec<ParcelCode>, Refusal> {
        Ok(Vec::new())
    }

    async fn mistyped(&self, _visit: &Visit, written: &str) -> Result<Vec<LandCode>, Refusal> {
        Ok(self.near(written))
    }

    async fn base_map(
        &self,
        _dataset: Option<&str>,
        _bounds: Bounds,
        _limit: usize,
    ) -> Result<Vec<BaseFeature>, Unavailable> {
        Ok(around().base)
    }

    // No page asks for collections.
    async fn collections(&self) -> Result<Vec<ListedCollection>, Unavailable> {
        Ok(Vec::new())
    }

    async fn items(&self, _: &str, _: &ItemsAsked) -> Result<Option<Items>, Unavailable> {
        Ok(None)
    }

    async fn item(&self, _: &Visit, _: (&str, &str)) -> Result<ItemOf, Refusal> {
        Err(Refusal::Nothing { near: Vec::new() })
    }

    async fn search(&self, _visit: &Visit, search: &Search) -> Result<SearchPage, Refusal> {
        let text = &search.text;
        let hit = |code: &str, location: &str| SearchHit {
            code: parcel(code),
            local_id: None,
            location: Some(location.into()),
            point: None,
            land_use: Some(Value::Coded(Coded::new("land-use-planning", "2023-11", "0701"))),
            area: Some(Value::AreaM2(812.4)),
            ended: code.contains("JC"),
            replaced_by: if code.contains("JC") { vec![parcel(CODE)] } else { vec![] },
            dataset: version().dataset.title,
            data_version: version().label(),
        };
        let hits = if text.contains("永乐") || search.bounds.is_some() {
            vec![
                hit(CODE, "德清县武康街道永乐路8号"),
                hit("330521001002GB00012", "德清县武康街道永乐路10号"),
                hit("330521001003JC00005", "德清县武康街道永乐村9组"),
            ]
        } else {
            vec![]
        };
        // 永乐路 goes on over pages.
        let many = text.contains("路");
        let (matched, pages) = if many { (1_000, 50) } else { (hits.len(), 1) };
        // A home is found by its house.
        let coarser = text.contains('室');
        Ok(SearchPage { hits, matched, more: many, coarser, page: search.page.min(pages), pages })
    }

    fn rule_sets(&self) -> Vec<Arc<RuleSet>> {
        if self.unjudged { Vec::new() } else { vec![super::sites::rules()] }
    }

    async fn assess(&self, visit: &Visit, asked: &SitesAsked) -> Result<Assessment, Refusal> {
        if self.down {
            return Err(Unavailable.into());
        }
        Ok(super::sites::assessed(asked, |code| self.place(code, &visit.viewer)))
    }

    async fn search_sites(
        &self,
        _visit: &Visit,
        wanted: &SitesWanted,
    ) -> Result<SiteSearch, Refusal> {
        Ok(match self.unsearched {
            _ if self.down => return Err(Unavailable.into()),
            Some("not_yet") => SiteSearch::NotYet { retry_after: 10 },
            Some("no_list") => SiteSearch::NoList,
            Some(_) => SiteSearch::NotOffered,
            None => super::site_search::found(wanted),
        })
    }

    // Drawn by a browser.
    async fn tile_layers(&self) -> Result<Vec<TileLayer>, Unavailable> {
        Ok(Vec::new())
    }

    async fn tile(&self, _: &TileAsked) -> Result<TileDrawn, Unavailable> {
        Ok(TileDrawn::Drawn(Vec::new().into()))
    }

    // A file, which no page shows.
    fn signed(
        &self,
        told: &Assessment,
        _issuer: &Issuer,
    ) -> Result<Vec<Option<SignedVerdict>>, Unavailable> {
        Ok(vec![None; told.sites.len()])
    }

    fn signed_outline(
        &self,
        _told: &OutlineAssessment,
        _issuer: &Issuer,
    ) -> Result<Option<SignedVerdict>, Unavailable> {
        Ok(None)
    }

    async fn signed_redecision(
        &self,
        _: &Opened,
        _: &Issuer,
    ) -> Result<Option<SignedVerdict>, NotShown> {
        Ok(None)
    }

    fn signer(&self) -> Option<&dyn domain::signing::Signer> {
        None
    }

    fn signing_keys(&self) -> Result<PublishedKeys, Unavailable> {
        Ok(PublishedKeys::default())
    }

    // Brought by a form, which a page is handed the outcome of.
    async fn verdict(&self, _visit: &Visit, _file: &[u8]) -> Result<VerdictReading, Refusal> {
        Ok(VerdictReading::NotOurs)
    }

    async fn assess_outline(
        &self,
        _visit: &Visit,
        asked: &OutlineAsked,
    ) -> Result<OutlineAssessment, Refusal> {
        if self.down {
            return Err(Unavailable.into());
        }
        Ok(super::sites::assessed_outline(asked, &version()))
    }

    async fn versions(&self) -> Result<Vec<DataVersion>, Unavailable> {
        if self.down { Err(Unavailable) } else { Ok(vec![version()]) }
    }

    async fn examples(&self) -> Result<Vec<Example>, Unavailable> {
        let example = |text: &str, zh: &str, en: &str| Example {
            code: code(text),
            title: Localized::new(zh, en),
        };
        Ok(vec![
            example(CODE, "住宅用地，永乐路8号", "Housing, 8 Yongle Road"),
            example(UNIT, "其中一套住房", "A home on it"),
            example(
                "330521001003JC00005",
                "宅基地，涉及永久基本农田",
                "A rural house plot near farmland",
            ),
            example("330521000000GH00001", "海域，莫干湖养殖区", "A sea area"),
        ])
    }

    fn open(&self, number: &RequestNumber, secret: &str) -> Option<Opened> {
        let key = ReceiptKey::new([7; 32]);
        let known = ["TORN2345WXYZ", "ABCD2345WXYZ", "GONE2345WXYZ"].contains(&secret);
        secret.clone_into(&mut self.opened_by.lock().unwrap());
        Opened::by(&key, number, &key.secret(number)).filter(|_| known)
    }

    async fn request(&self, opened: &Opened) -> Result<Option<RequestView>, NotShown> {
        if self.down {
            return Err(Unavailable.into());
        }
        match &**self.opened_by.lock().unwrap() {
            "TORN2345WXYZ" => return Err(NotShown::Altered),
            "ABCD2345WXYZ" => {}
            _ => return Ok(None),
        }
        let number = opened.number();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let first = RequestEvent::after(
            None,
            number,
            at("2026-11-22T06:01:00Z"),
            RequestState::Submitted,
            Actor::Applicant,
            None,
            None,
        );
        let second = RequestEvent::after(
            Some(&first),
            number,
            at("2026-11-22T06:01:09Z"),
            RequestState::Sent,
            Actor::Portal,
            None,
            None,
        );
        let third = RequestEvent::after(
            Some(&second),
            number,
            at("2026-11-23T01:30:00Z"),
            RequestState::InProgress,
            Actor::Department("registration".into()),
            Some("DQ-2026-0815".into()),
            Some("正在与测绘成果核对，预计三个工作日内答复。".to_owned()).filter(|_| !self.silent),
        );
        let submitted_at = first.at;
        let mut events = vec![first, second, third];
        for (state, actor, note) in self.more.clone() {
            let note = Some(note.to_owned());
            let last = events.last();
            let event = RequestEvent::after(
                last,
                number,
                at("2026-11-24T01:30:00Z"),
                state,
                actor,
                None,
                note,
            );
            events.push(event);
        }
        for (nth, outcome) in self.outcomes.iter().enumerate() {
            let ends = outcome.kind().ends();
            let state = if ends { RequestState::Returned } else { RequestState::InProgress };
            let office = Actor::Department("registration".into());
            let when = at("2026-11-24T02:00:00Z")
                + SignedDuration::from_hours(24 * i64::try_from(nth).unwrap());
            let last = events.last().cloned();
            let said = outcome.clone().dated(china_date(when), working_days());
            let event = RequestEvent::after(last.as_ref(), number, when, state, office, None, None)
                .concluding(said, last.as_ref(), number);
            events.push(event);
        }
        Ok(Some(RequestView {
            number: number.clone(),
            item: "data-correction".into(),
            code: code(CODE),
            submitted_at,
            state: events.last().map_or(RequestState::Submitted, |event| event.state),
            events,
            reference: Some("DQ-2026-0815".into()),
            departments: vec![DepartmentProgress {
                department: Localized::new(
                    "德清县不动产登记服务中心",
                    "Deqing Real Estate Registration Centre",
                ),
                kind: MessageKind::Submitted,
                confirmed_at: None,
                progress: self.progress.unwrap_or(DeliveryProgress::Delivered),
                reference: None,
            }],
            keeping: self.keeping.clone().unwrap_or(Keeping::Open),
            time_limit: None,
            attachments: Vec::new(),
        }))
    }

    async fn dossier(&self, opened: &Opened) -> Result<Option<DossierView>, NotShown> {
        let answers = [("applicant_name", "李四"), ("what_is_wrong", "<b>面积有误</b>")];
        let answers: Answers =
            answers.map(|(name, text)| (name.to_owned(), text.to_owned())).into();
        Ok(self.request(opened).await?.map(|request| DossierView {
            request,
            data_version: "deqing-demo/3".into(),
            first: Some(answers.clone()),
            answers,
            asks: None,
            assisted: None,
            notices: self.notices.clone(),
        }))
    }

    // Asked for of a request with `asks` only.
    async fn redecided(&self, _: &Opened) -> Result<Option<Redecision>, NotShown> {
        Ok(None)
    }

    // A file, which no page shows.
    async fn export(&self, _: &Opened) -> Result<Option<Export>, NotShown> {
        Ok(None)
    }

    async fn deleted(&self, opened: &Opened) -> Result<Option<DeletedView>, Unavailable> {
        Ok((*self.opened_by.lock().unwrap() == "GONE2345WXYZ").then(|| DeletedView {
            number: opened.number().clone(),
            item: "data-correction".into(),
            day: "2026-11-25".parse().unwrap(),
            cause: DeletedBecause::Applicant,
        }))
    }

    fn offers(&self, item: &ServiceItem) -> bool {
        !self.not_offered.contains(&item.id.as_str())
    }

    async fn notices_by(
        &self,
        _number: &RequestNumber,
        (_, token): (NoticeLink, &str),
    ) -> Result<Option<NoticeView>, Unavailable> {
        if self.down {
            return Err(Unavailable);
        }
        Ok(self.notices.clone().filter(|_| token == "drawn"))
    }

    async fn figures(&self, window: Window) -> Result<Arc<Figures>, Unavailable> {
        if self.down {
            return Err(Unavailable);
        }
        Ok(Arc::new(super::figures::of(window)))
    }

    fn sends_notices(&self) -> bool {
        self.notices.is_some()
    }

    fn office(&self, _: &str) -> Option<&Localized> {
        None
    }

    fn contact(&self, _department: &str) -> Option<&Contact> {
        self.contact.as_ref()
    }

    fn retentions(&self) -> &Retentions {
        static RETENTIONS: std::sync::LazyLock<Retentions> =
            std::sync::LazyLock::new(Retentions::default);
        &RETENTIONS
    }

    async fn label(&self, visit: &Visit, text: &str, _host: &str) -> Result<LabelReading, Refusal> {
        let viewer = &visit.viewer;
        let issuer = Localized::new("德清县自然资源和规划局", "Deqing Natural Resources Bureau");
        let issued_at = "2026-11-20T02:15:00Z".parse().unwrap();
        let genuine = |subject, place| {
            let issuer = issuer.clone();
            LabelReading::Genuine(Box::new(GenuineLabel {
                serial: 42,
                issuer,
                issued_at,
                subject,
                place,
            }))
        };
        Ok(match text {
            "PLACE" => genuine(LabelSubject::Place(code(CODE)), self.place(&code(CODE), viewer)),
            "HOME" => {
                let LandCode::Unit(unit) = code(UNIT) else { panic!("{UNIT} is a unit") };
                let building = Some(Value::Text("武康街道永安街12号3幢".into()));
                let (parcel, masked) = (unit.parcel(), unit.masked());
                let subject = LabelSubject::Home { parcel, masked, building };
                genuine(subject, self.place(&LandCode::Parcel(unit.parcel()), viewer))
            }
            "GONE" => genuine(LabelSubject::Place(code("330521001002GB00099")), None),
            "WITHDRAWN" | "WITHDRAWN-HOME" => LabelReading::Withdrawn(WithdrawnLabel {
                serial: 42,
                issuer,
                issued_at,
                code: (text == "WITHDRAWN").then(|| code(CODE)),
                since: "2026-11-21T02:15:00Z".parse().unwrap(),
                reason: "<b>标牌遗失</b>".into(),
            }),
            _ => LabelReading::NotIssued,
        })
    }

    fn reach(&self) -> Reach {
        self.reach.unwrap_or(Reach::Department)
    }

    fn policies(&self) -> &Policies {
        static POLICIES: std::sync::LazyLock<Policies> =
            std::sync::LazyLock::new(|| Policies::embedded().unwrap());
        &POLICIES
    }
}
