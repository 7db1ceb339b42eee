//! The page about sites: the question, the answer for one, several beside each other.

use std::{collections::BTreeSet, sync::Arc};

use domain::{
    LandCode, Locale,
    dataset::DataVersion,
    outline::Outline,
    policy::Field,
    profile::Precision,
    suitability::{
        Answer, Cause, FactKey, Facts, Overlap, Overlaps, Reading, RuleSet, Seen, amount::Range,
        compare, embedded,
    },
};
use jiff::civil::{Date, date};
use service_api::{
    Assessment, Judged, JudgedOutline, LargestPart, OutlineAsked, OutlineAssessment, Place, Site,
    SitesAsked, Told, ToldOfOutline,
};

use super::{
    fixtures::{CODE, Fake},
    render::Page,
};

const TODAY: Date = date(2026, 11, 29);
/// A parcel of which less is known.
const UNSURVEYED: &str = "330521001002GB00012";

/// One of which a fifth is permanent basic farmland.
const ON_FARMLAND: &str = "330521001002GB00013";

/// The rules of Zhejiang.
pub fn rules() -> Arc<RuleSet> {
    Arc::new(embedded().in_force("zhejiang", TODAY).unwrap().clone())
}

/// A commercial site in town, a corner of it in a prone zone; of the other nobody has looked for farmland.
pub fn facts(parcel: &str, answers: &Facts) -> Facts {
    let mut facts = answers.clone();
    let rules = rules();
    let seen = |title: &domain::Localized| Seen {
        source: "layer".into(),
        title: title.clone(),
        date: Some(date(2026, 6, 30)),
    };
    let whole = |name: &str, kind: &str, share: f64| Overlap {
        kind: kind.into(),
        label: domain::Localized::new(name, name),
        area: Range::between(0.0, 1e9).unwrap(),
        share: Range::measured(share).unwrap(),
        of_feature: None,
    };
    for (id, layer) in &rules.layers {
        let features = match id.as_str() {
            "planned-use" => vec![whole("商业服务业用地", "商业服务业用地", 1.0)],
            "urban-boundary" => vec![whole("城镇集中建设区", "", 1.0)],
            "hazard" => vec![whole("泥石流低易发区", "", 0.25)],
            "basic-farmland" if parcel == ON_FARMLAND => vec![whole("永久基本农田", "", 0.2)],
            _ => Vec::new(),
        };
        let reading = Reading::Overlaps(Overlaps { apart: false, features });
        facts.put(FactKey::Overlaps(id.clone()), reading, vec![seen(&layer.title)]);
    }
    if parcel == UNSURVEYED {
        facts.lack(FactKey::Overlaps("basic-farmland".into()), Cause::NotCovered);
    }
    let codes = |code: &str| Reading::Codes(BTreeSet::from([code.to_owned()]));
    facts.put(FactKey::Value("parcel-type".into()), codes("GB"), Vec::new());
    facts.put(FactKey::Value("present-use".into()), codes("0501"), Vec::new());
    let area = Reading::Figure(Range::measured(23_456.78).unwrap());
    facts.put(FactKey::Area, area, Vec::new());
    facts
}

/// What the fake server says of sites; `place` looks one up.
pub fn assessed(asked: &SitesAsked, place: impl Fn(&LandCode) -> Option<Place>) -> Assessment {
    let (rules, use_at) = (asked.rules().clone(), asked.use_at());
    let alone = asked.parcels().len() == 1;
    let judged = |parcel: &domain::ParcelCode| {
        let known = [CODE, UNSURVEYED, ON_FARMLAND].contains(&parcel.as_str());
        let place = place(&super::fixtures::code(CODE)).filter(|_| known);
        let Some(place) = place else { return Told::Nothing { near: Vec::new() } };
        if place.lineage.ended {
            return Told::Ended(place.lineage);
        }
        let facts = facts(parcel.as_str(), asked.answers());
        let otherwise = alone.then(|| rules.otherwise(use_at, &facts, TODAY));
        let (changes, other_uses) = otherwise.map(|it| (it.changes, it.other_uses)).unzip();
        Told::Judged(Box::new(Judged {
            location: place.profile.fact(Field::Location).cloned(),
            centroid: place.profile.centroid,
            outline: place.profile.outline.clone().filter(|_| !alone),
            version: place.profile.version.clone(),
            policy: place.profile.policy,
            verdict: rules.assess(use_at, &facts, TODAY).unwrap(),
            changes,
            other_uses,
            scored: rules.score(use_at, &facts),
            among: None,
            facts,
        }))
    };
    let told = |parcel: &domain::ParcelCode| Site { parcel: *parcel, told: judged(parcel) };
    let mut sites: Vec<Site> = asked.parcels().iter().map(told).collect();
    let scored: Vec<_> = sites
        .iter()
        .filter_map(|site| match &site.told {
            Told::Judged(judged) if !judged.is_refused() => judged.scored.clone(),
            _ => None,
        })
        .collect();
    let mut ranks = compare(&scored).unwrap().into_iter();
    for site in &mut sites {
        if let Told::Judged(judged) = &mut site.told
            && !judged.is_refused()
        {
            judged.among = ranks.next();
        }
    }
    Assessment { rules, use_at, on: TODAY, sites }
}

/// What the fake server says of an outline: no register speaks of it, and a corner of it lies in a zone.
pub fn assessed_outline(asked: &OutlineAsked, version: &DataVersion) -> OutlineAssessment {
    let (rules, use_at) = (asked.rules().clone(), asked.use_at());
    let outline = asked.outline().clone();
    let on = TODAY;
    if outline.area_m2() < 2_500.0 {
        let told = ToldOfOutline::TooSmall { least_m2: 2_500.0 };
        return OutlineAssessment { rules, use_at, on, outline, told };
    }
    if outline.shape().0[0].exterior().0[0].x < 100.0 {
        return OutlineAssessment { rules, use_at, on, outline, told: ToldOfOutline::NoData };
    }
    let facts = facts(CODE, asked.answers());
    let otherwise = rules.otherwise(use_at, &facts, TODAY);
    let judged = Judged {
        location: None,
        centroid: None,
        outline: None,
        version: version.clone(),
        policy: "zhejiang@2026-11-29".into(),
        verdict: rules.assess(use_at, &facts, TODAY).unwrap(),
        changes: Some(otherwise.changes),
        other_uses: Some(otherwise.other_uses),
        scored: rules.score(use_at, &facts),
        among: None,
        facts,
    };
    let precision = Precision::Generalised { cell_m: 25.0 };
    // Of what is wide its western half is left.
    let [west, east] = [0.0, 0.002].map(|east| 120.0 + east);
    let wide = outline.area_m2() > 50_000.0;
    let largest = wide.then(|| LargestPart {
        outline: Outline::read(&format!("{west} 30.5\n{east} 30.5\n{east} 30.502\n{west} 30.502"))
            .unwrap(),
        answer: Answer::SuitsIf,
    });
    let pieces = outline.shape().0.iter().filter(|_| outline.shape().0.len() > 1);
    let apart = pieces.enumerate().map(|(at, piece)| service_api::PieceApart {
        outline: outline.part(geo::MultiPolygon::new(vec![piece.clone()])).unwrap(),
        // Of the first it is not known whether it lies on farmland; the second is not judged alone.
        verdict: (at == 0).then(|| {
            rules.assess(use_at, &self::facts(UNSURVEYED, asked.answers()), TODAY).unwrap()
        }),
    });
    let apart = apart.collect();
    // What reaches south of here is drawn along an edge.
    let beyond_m = outline.shape().0[0].exterior().0.iter().any(|it| it.y < 30.49).then_some(25.0);
    let judged = JudgedOutline { judged, precision, beyond_m, largest, apart };
    let told = ToldOfOutline::Judged(Box::new(judged));
    OutlineAssessment { rules, use_at, on, outline, told }
}

/// The text of a page's main part, without tags.
fn said(html: &str) -> String {
    let (_, main) = html.split_once("<main").unwrap();
    let main = main.split("</main>").next().unwrap();
    main.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text).collect()
}

#[tokio::test]
async fn sites_s10_the_answer_comes_first_and_says_that_it_decides_nothing() {
    let path = format!("/sites?use=zhejiang.cafe&code={CODE}&a.builds=no");
    let html = Page::at(&path).html().await;
    let text = said(&html);
    let at = |part: &str| text.find(part).unwrap_or_else(|| panic!("{part}: {text}"));
    assert!(at("没有发现") < at("已经核对"), "{text}");
    assert!(at("参考信息，不是行政决定") < at("已经核对"), "{text}");
    for part in
        ["待审", "用地预审与选址意见书", "2026年6月30日", "《土地管理法》（2019年修正）第三十五条"]
    {
        at(part);
    }
}

#[tokio::test]
async fn sites_s1_a_card_names_rule_office_article_and_what_was_looked_at() {
    let path = format!("/sites?use=zhejiang.cafe&code={CODE}&a.builds=yes&a.area-assessment=no");
    for locale in Locale::ALL {
        let html = Page { locale, ..Page::at(&path) }.html().await;
        let card = html.split("id=\"to-obtain\"").nth(1).unwrap();
        let card = card.split("</section>").next().unwrap();
        assert!(card.contains("theme-card") && card.contains("25%"), "{card}");
        let known = [("第二十一条", "art. 21"), ("2026年6月30日", "30 June 2026")];
        for (zh, en) in known {
            let part = if locale == Locale::Zh { zh } else { en };
            assert!(card.contains(part), "{part}: {card}");
        }
        // Of a use table each zone with its share, whether it counts, and from what share on one does.
        let zones = match locale {
            Locale::Zh => "分区：商业服务业用地 100%（计入）；达到地块的10 %才计入",
            Locale::En => "zones: 商业服务业用地 100% (counts); one counts from 10 % of the site",
        };
        assert!(said(&html).contains(zones), "{zones}");
    }
}

#[tokio::test]
async fn sites_s2_what_is_not_known_leads_to_the_office_that_knows_and_is_no_permission() {
    let path = format!("/sites?use=zhejiang.cafe&code={UNSURVEYED}&a.builds=no");
    let html = Page::at(&path).html().await;
    let text = said(&html);
    assert!(text.contains("暂时不能判断") && text.contains("这里没有这项数据"), "{text}");
    let ask = format!("/c/{UNSURVEYED}/requests/new?item=planning-conformity&amp;activity=");
    assert!(html.contains(&ask), "{ask}");
    assert!(!text.contains("没有发现妨碍"), "{text}");
}

#[tokio::test]
async fn sites_s8_several_sites_stand_in_a_table_with_scores_as_ranges() {
    let path = format!(
        "/sites?use=zhejiang.cafe&code={CODE}&code={UNSURVEYED}&code=330521001002GB00099&a.builds=no"
    );
    let html = Page::at(&path).html().await;
    let table = html.split("<tbody>").nth(1).unwrap().split("</tbody>").next().unwrap();
    assert_eq!(table.matches("<tr").count(), 3, "{table}");
    assert!(table.contains("暂时不能判断") && table.contains("没有可以公开的内容"), "{table}");
    assert!(table.contains("至"), "a range where something is not known: {table}");
    let one = format!("/sites?use=zhejiang.cafe&amp;code={UNSURVEYED}&amp;a.builds=no");
    assert!(table.contains(&one), "each leads to its own answer: {table}");
}

#[tokio::test]
async fn sites_s8_a_site_that_is_refused_stands_apart_and_has_no_rank() {
    for weights in ["", "&w.away-from-hazards=10&w.in-town=30&w.little-forest=0"] {
        let codes = format!("code={ON_FARMLAND}&code={CODE}&code={UNSURVEYED}");
        let path = format!(
            "/sites?use=zhejiang.factory&{codes}&a.builds=yes&a.national-key-project=no{weights}"
        );
        let html = Page { locale: Locale::En, ..Page::at(&path) }.html().await;
        let tables: Vec<&str> = html.split("<tbody>").skip(1).collect();
        let [compared, refused, ..] = &tables[..] else { panic!("{html}") };
        let [compared, refused] =
            [compared, refused].map(|table| table.split("</tbody>").next().unwrap());
        assert_eq!((compared.matches("<tr").count(), refused.matches("<tr").count()), (2, 1));
        assert!(refused.contains("GB00013") && !compared.contains("GB00013"), "{refused}");
        assert!(!refused.contains("data-label=\"Rank\""), "{refused}");
        // It keeps its number, and nobody stands behind it.
        assert!(refused.contains("site-number\">1<"), "{refused}");
        assert!(!compared.contains("no. 1<"), "{compared}");
        assert!(!compared.contains(">3<") || compared.contains("site-number\">3<"), "{compared}");
        assert!(html.contains("not compared with the others"), "{html}");
    }
}

#[tokio::test]
async fn sites_s4_what_is_refused_by_nothing_says_which_conditions_are_open() {
    // Whether anything is built was not answered: what forbids a café there is known, what it needs is not.
    let html =
        Page { locale: Locale::En, ..Page::at(&format!("/sites?use=zhejiang.cafe&code={CODE}")) };
    let html = html.html().await;
    for words in ["No rule forbids it here (Café)", "Planning permits for land and works"] {
        assert!(html.contains(words), "{words}: {html}");
    }
    assert!(html.contains("It cannot be decided yet whether you need this first"), "{html}");
}

#[tokio::test]
async fn sites_s8_own_weights_stand_beside_those_of_the_rules_and_stay_in_the_link() {
    let at = |weights: &str| {
        let codes = format!("code={CODE}&code={UNSURVEYED}");
        Page::at(&format!("/sites?use=zhejiang.factory&{codes}&a.builds=yes{weights}"))
    };
    let plain = at("").html().await;
    assert!(plain.contains("规则的权重：40%") && !plain.contains("您自己的权重："), "{plain}");
    let own = "&w.away-from-hazards=10&w.in-town=30&w.little-forest=0";
    let html = at(own).html().await;
    for words in [
        "得分和名次按您自己的权重计算",
        "您自己的权重：25%",
        "您自己的权重：75%",
        "规则的权重：40%",
        "签名的结论不含分数",
    ] {
        assert!(html.contains(words), "{words}: {html}");
    }
    assert!(html.contains("name=\"w.in-town\" value=\"30\""), "what was typed is there: {html}");
    let points = |html: &str| {
        let (_, rest) = html.split_once("data-label=\"得分（满分100）\">").unwrap();
        rest.split("</td>").next().unwrap().to_owned()
    };
    assert_ne!(points(&plain), points(&html));
    // A switch of language or size leads back to the same address, which says the same.
    let kept = own.replace('&', "&amp;");
    let english = Page { locale: Locale::En, elder: true, ..at(own) }.html().await;
    assert!(english.contains("Your own weight: 75%"), "{english}");
    assert!(
        english.contains("name=\"back\"") && english.contains(&format!("{kept}\"")),
        "{english}"
    );

    let wrong = at("&w.away-from-hazards=10&w.in-town=much&w.little-forest=").html().await;
    assert!(wrong.contains("“在城镇开发边界内的比例”的权重要写成数字"), "{wrong}");
    assert!(wrong.contains("href=\"#own-in-town\"") && wrong.contains("value=\"much\""));
    assert!(wrong.contains("“少占林地”写一个数") && !wrong.contains("您自己的权重："), "{wrong}");
    assert_eq!(points(&wrong), points(&plain), "by the rules as long as something is wrong");
}

#[tokio::test]
async fn sites_s8_criteria_compared_in_pairs_stay_in_the_link_and_contradictions_are_said() {
    let at = |weights: &str| {
        let codes = format!("code={CODE}&code={UNSURVEYED}");
        Page::at(&format!("/sites?use=zhejiang.factory&{codes}&a.builds=yes{weights}"))
    };
    let three = |one: &str, two: &str, three: &str| {
        format!(
            "&w.away-from-hazards%3Ain-town={one}&w.away-from-hazards%3Alittle-forest={two}&w.in-town%3Alittle-forest={three}"
        )
    };
    let plain = at("").html().await;
    assert!(plain.contains("name=\"w.away-from-hazards:in-town\""), "{plain}");
    assert!(!plain.contains("一致性比率") && !plain.contains("您自己的权重："), "{plain}");
    let html = at(&three("3", "9", "3")).html().await;
    for words in
        ["这些比较前后一致（一致性比率0", "您自己的权重：69.2%", "得分和名次按您自己的权重计算"]
    {
        assert!(html.contains(words), "{words}: {html}");
    }
    assert!(html.contains("<option value=\"9\" selected"), "what was chosen is there: {html}");
    let kept = "w.in-town%3Alittle-forest=3";
    let english = Page { locale: Locale::En, ..at(&three("3", "1/9", "3")) }.html().await;
    assert!(english.contains("above 0.10") && english.contains(kept), "{english}");
    let wrong = at(&three("3", "much", "3")).html().await;
    assert!(wrong.contains("href=\"#pair-away-from-hazards-little-forest\""), "{wrong}");
    assert!(wrong.contains("class=\"error-summary\"") && !wrong.contains("您自己的权重："));
    // Figures say the same with less: they come first, and pairs are not kept beside them.
    let figures = "&w.away-from-hazards=10&w.in-town=30&w.little-forest=0";
    let both = at(&format!("{figures}{}", three("9", "9", "9"))).html().await;
    assert!(both.contains("您自己的权重：75%") && !both.contains("一致性比率"), "{both}");
}

#[tokio::test]
async fn sites_s13_a_faulty_question_comes_back_with_everything_that_was_typed() {
    let html = Page::at("/sites?code=330521001002QB00011&what=%E5%BA%97").html().await;
    assert!(html.contains("class=\"error-summary\""), "{html}");
    assert!(html.contains("\n330521001002QB00011</textarea>"), "{html}");
    assert!(html.contains("value=\"店\"") && html.contains("type=\"radio\""), "{html}");
}

#[tokio::test]
async fn a_portal_without_rules_offers_no_question() {
    let fake = Fake { unjudged: true, ..Fake::default() };
    let html = Page { fake: fake.clone(), ..Page::at("/sites") }.html().await;
    assert!(said(&html).contains("目前不提供选址判断") && !html.contains("<textarea"), "{html}");
    let place = Page { fake, ..Page::at(&format!("/c/{CODE}")) }.html().await;
    assert!(!place.contains("href=\"/sites"), "{place}");
    let place = Page::at(&format!("/c/{CODE}")).html().await;
    assert!(place.contains(&format!("href=\"/sites?code={CODE}\"")), "{place}");
}

#[tokio::test]
async fn sites_s2_whoever_draws_along_the_edge_of_a_parcel_is_told_so_and_led_to_its_code() {
    let points = "points=120+30.489%0A120.002+30.489%0A120.002+30.502";
    let path = format!("/sites/outline?use=zhejiang.cafe&a.builds=no&{points}");
    let html = Page::at(&path).html().await;
    let text = said(&html);
    assert!(text.contains("您画到了宗地的边缘") && text.contains("最多相差约25米"), "{text}");
    assert!(html.contains("href=\"/sites?draft=1&amp;use=zhejiang.cafe\""), "{html}");
    assert!(html.contains("name=\"parcels\" value=\"yes\""), "{html}");
    let listed = Page::at(&format!("{path}&parcels=yes")).html().await;
    let one = format!("href=\"/sites?use=zhejiang.cafe&amp;code={CODE}&amp;a.builds=no\"");
    assert!(listed.contains(&one) || listed.contains("这里没有可以列出的宗地"), "{listed}");
    let inside = path.replace("30.489", "30.5");
    assert!(!said(&Page::at(&inside).html().await).contains("您画到了宗地的边缘"));
}

#[tokio::test]
async fn sites_s13_an_outline_is_shown_as_it_was_read_beside_its_answer() {
    let path = "/sites/outline?use=zhejiang.cafe&a.builds=no&points=120+30.5%0A120.002+30.5%0A120.002+30.502";
    let html = Page::at(path).html().await;
    let text = said(&html);
    let at = |part: &str| text.find(part).unwrap_or_else(|| panic!("{part}: {text}"));
    assert!(at("没有发现") < at("读到的范围"), "{text}");
    for part in ["2.1", "公顷", "120.002000", "30.502000", "一百来米内", "参考信息，不是行政决定"]
    {
        at(part);
    }
    assert!(html.contains("sites-sketch"), "{html}");
    // Asked again, the outline comes along.
    assert!(html.contains("name=\"points\""), "{html}");
}

#[tokio::test]
async fn sites_s7_other_uses_of_an_outline_are_asked_by_a_button_that_carries_it() {
    let path = "/sites/outline?use=zhejiang.warehouse&a.builds=no&points=120+30.5%0A120.002+30.5%0A120.002+30.502";
    let html = Page::at(path).html().await;
    let others = html.split("id=\"others-title\"").nth(1).unwrap_or_else(|| panic!("{html}"));
    let others = others.split("</form>").next().unwrap();
    assert!(others.contains("name=\"use\" value=\"zhejiang.cafe\""), "{others}");
    let form = html.split("id=\"others-title\"").next().unwrap().rsplit("<form").next().unwrap();
    assert!(form.contains("120.002 30.502") && form.contains("name=\"a.builds\""), "{form}");
}

#[tokio::test]
async fn sites_s7_the_largest_piece_is_drawn_and_can_be_asked_about_alone() {
    let path = "/sites/outline?use=zhejiang.cafe&a.builds=no&points=120+30.5%0A120.004+30.5%0A120.004+30.502%0A120+30.502";
    for locale in Locale::ALL {
        let html = Page { locale, ..Page::at(path) }.html().await;
        let title = html.split("id=\"sketch-title\"").nth(1).unwrap();
        let sketch = title.split("</svg>").next().unwrap();
        assert!(sketch.contains("url(#sketch-left-out)"), "hatched, not only coloured: {sketch}");
        let ask =
            html.split("id=\"largest-title\"").nth(1).unwrap().split("</form>").next().unwrap();
        assert!(ask.contains("&quot;Polygon&quot;") || ask.contains("MultiPolygon"), "{ask}");
        assert!(ask.contains("name=\"a.builds\"") && ask.contains("<button"), "{ask}");
    }
    let small = "/sites/outline?use=zhejiang.cafe&points=120+30.5%0A120.002+30.5%0A120.002+30.502";
    let html = Page::at(small).html().await;
    assert!(!html.contains("sketch-left-out"), "nothing is left out: {html}");
}

#[tokio::test]
async fn sites_s8_sites_are_drawn_by_number_and_mark_and_those_that_are_not_are_named() {
    let path = format!(
        "/sites?use=zhejiang.cafe&code=330521001002GB00099&code={CODE}&code={UNSURVEYED}&a.builds=no"
    );
    let html = Page::at(&path).html().await;
    let map =
        html.split("id=\"sites-map-title\"").nth(1).unwrap().split("</section>").next().unwrap();
    for number in [2, 3] {
        assert!(map.contains(&format!("data-number=\"{number}\"")), "{number}: {map}");
    }
    assert!(!map.contains("data-number=\"1\"") && map.contains("图上没有第1个"), "{map}");
    assert!(map.contains("mark-no-data"), "a mark by its shape: {map}");
    assert!(map.contains("审图号"), "{map}");
}

#[tokio::test]
async fn sites_s13_of_ground_that_lies_apart_each_piece_is_told_by_its_number() {
    let square = |west: f64| {
        let east = west + 0.002;
        format!("[[[{west},30.5],[{east},30.5],[{east},30.502],[{west},30.502],[{west},30.5]]]")
    };
    let json = format!(
        r#"{{"type":"MultiPolygon","coordinates":[{},{}]}}"#,
        square(120.0),
        square(120.01)
    );
    let query: String = url::form_urlencoded::byte_serialize(json.as_bytes()).collect();
    let path = format!("/sites/outline?use=zhejiang.cafe&a.builds=no&points={query}");
    let html = Page::at(&path).html().await;
    let part = html.split("id=\"pieces-title\"").nth(1).unwrap_or_else(|| panic!("{html}"));
    let part = part.split("</section>").next().unwrap();
    assert!(part.contains("第1块") && part.contains("暂时不能判断"), "{part}");
    assert!(part.contains("永久基本农田"), "which rule: {part}");
    assert!(part.contains("第2块") && part.contains("没有判断"), "{part}");
    let sketch = html.split("id=\"sketch-title\"").nth(1).unwrap().split("</svg>").next().unwrap();
    assert!(sketch.contains("numbered-figure"), "each has its number on the drawing: {sketch}");
}
