//! What the pages say of the policy and of the laws.

use super::*;

#[tokio::test]
async fn p11_the_policy_page_says_of_every_row_who_sees_it_why_and_by_whose_leave() {
    let fake = Fake::default();
    let policy =
        fake.policies().governing(&crate::tests::fixtures::version().dataset).unwrap().clone();
    for locale in Locale::ALL {
        let html = Page { locale, ..Page::at("/policy") }.html().await;
        let body = html.split("<tbody>").nth(1).unwrap().split("</tbody>").next().unwrap();
        assert_eq!(body.matches("<tr>").count(), 47);
        assert_eq!(body.matches("scope=\"row\"").count(), 47);
        assert_eq!(html.matches("scope=\"col\"").count(), 10);
        assert!(html.contains("<caption>"));
        // Only the policy of the loaded data is explained.
        assert_eq!(html.matches("<table").count(), 1);
        for row in policy.rows() {
            let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
            let today = "2026-11-28".parse().unwrap();
            for text in [row.title.get(locale).to_owned(), row.source.get(locale, today)] {
                let text = escaped(&text);
                // Once in the sentences, once in the table.
                assert!(html.matches(text.as_str()).count() >= 2, "{text}");
            }
        }
        let approver = policy.approval.as_ref().unwrap().0.get(locale);
        assert!(body.contains(approver), "{approver}");
    }
}

#[tokio::test]
async fn p11_the_policy_page_shows_versions_and_marks_what_is_to_be_confirmed() {
    let html = Page::at("/policy").html().await;
    for text in [
        "《城乡规划法》（2019年修正）第八条",
        "《网络安全法》（2025年修正）第二十三条",
        "《不动产登记资料查询暂行办法》第二十四条（待核实）",
        "北京市2019年起的网上查询（待核实）",
        "引用的法律和版本",
        "2025年1月1日起施行",
        "没有读到文本",
    ] {
        assert!(html.contains(text), "{text}");
    }
    assert!(!html.contains("浙江省城乡规划条例") && !html.contains("{law"));
    let english = Page { locale: Locale::En, ..Page::at("/policy") }.html().await;
    assert!(english.contains("Materials, art. 24 (to be confirmed)"), "{english}");
}

#[tokio::test]
async fn p11_row_34_cites_the_farmland_law_from_the_day_it_is_in_force() {
    for (today, cited) in [("2026-12-31", false), ("2027-01-01", true)] {
        let page = Page { today: Some(today.parse().unwrap()), ..Page::at("/policy") };
        let law = "《耕地保护和质量提升法》（2026年）第二十条";
        assert_eq!(page.html().await.contains(law), cited, "{today}");
    }
}

#[tokio::test]
async fn s1_p10_pages_show_the_law_in_force_and_its_version() {
    for (path, text) in [
        ("/privacy", "依《网络安全法》（2025年修正）第二十三条保存至少六个月"),
        ("/privacy", "《个人信息保护法》（2021年）第十五条、第四十四条至第四十七条"),
        ("/services/planning-conformity", "《城乡规划法》（2019年修正）第九条"),
        ("/services/hazard-zone", "《浙江省地质灾害防治条例》（2009年）第十条、第十七条"),
        ("/services/hazard-zone", "有偿出让的土地由自然资源部门在供地前委托评估"),
        ("/services/data-correction", "有证据证明"),
        ("/services/registration-query", "《不动产登记资料查询暂行办法》（条号待核实）"),
        ("/accessibility", "《无障碍环境建设法》（2023年）第三十二条"),
        ("/about", "《不动产单元设定与代码编制规则》（GB/T 37346-2019）"),
        ("/about", "待核实：变更的日期没有在批复中读到的"),
    ] {
        let html = Page::at(path).html().await;
        assert!(html.contains(text), "{path}: {text}: {html}");
        for gone in ["浙江省城乡规划条例", "第二十一条保存", "水污染防治法", "{law"]
        {
            assert!(!html.contains(gone), "{path}: {gone}");
        }
    }
}

/// Where the links of a page lead in the register of laws.
fn laws_of(html: &str) -> Vec<&str> {
    let links = html.split("href=\"/laws#").skip(1);
    links.filter_map(|rest| rest.split('"').next()).collect()
}

#[tokio::test]
async fn p11_every_law_that_a_page_leads_to_has_its_entry() {
    for locale in Locale::ALL {
        let laws = Page { locale, ..Page::at("/laws") }.html().await;
        let mut leading = Vec::new();
        for (name, page) in pages() {
            let html = Page { locale, ..page }.html().await;
            for law in laws_of(&html) {
                assert_eq!(laws.matches(&format!(" id=\"{law}\"")).count(), 1, "{name}: {law}");
                leading.push(name);
            }
        }
        leading.dedup();
        assert!(leading.contains(&"policy") && leading.len() > 1, "{leading:?}");
        for law in domain::law::register().iter() {
            assert!(laws.contains(&law.name_and_edition(locale)), "{}", law.id);
        }
    }
}

#[tokio::test]
async fn p11_footer_privacy_and_place_lead_to_the_policy_page() {
    for path in ["/", "/privacy"] {
        assert!(Page::at(path).html().await.contains("href=\"/policy\""), "{path}");
    }
    let place = Page::at(&format!("/c/{CODE}")).html().await;
    let main = place.split("<footer class=\"site-footer\"").next().unwrap();
    assert!(main.contains("<a href=\"/policy\">为什么看不到更多？</a>"), "{main}");
    assert!(!Page::at("/privacy").html().await.contains("<table"), "one table is enough");
}

#[tokio::test]
async fn a6_every_page_says_who_answers_for_it_with_the_numbers_of_the_site() {
    for (locale, told) in [
        (Locale::Zh, ["浙江省自然资源厅", "电话 0571-12345", "网站标识码 3300000001"]),
        (Locale::En, ["Department of Natural Resources", "Phone 0571-12345", "3300000001"]),
    ] {
        for path in ["/", "/services", "/requests", &format!("/c/{CODE}"), "/nowhere"] {
            let html = Page { locale, ..Page::at(path) }.html().await;
            let footer = html.split("<footer class=\"site-footer\"").nth(1).unwrap();
            for text in told.into_iter().chain(["浙ICP备00000000号", "href=\"/help\""]) {
                assert!(footer.contains(text), "{path}: {text}: {footer}");
            }
        }
    }
}

#[tokio::test]
async fn p11_a_table_approved_for_the_demonstration_is_nobodys_approval_of_other_data() {
    let policy = async |down: bool, locale: Locale| {
        let fake = Fake { down, ..Fake::default() };
        Page { locale, fake, ..Page::at("/policy") }.html().await
    };
    let demonstration = policy(false, Locale::Zh).await;
    assert!(demonstration.contains("规则表批准：见码演示数据提供者"), "{demonstration}");
    // While it cannot be told which data there are, every table is told as of a real register.
    for (locale, none) in [(Locale::Zh, "还没有单位批准"), (Locale::En, "Nobody has approved it")]
    {
        let real = policy(true, locale).await;
        assert!(real.contains(none), "{real}");
        for name in ["见码演示数据提供者", "Provider of the Jianma demonstration"] {
            assert!(!real.contains(name), "{locale:?}: {name}");
        }
    }
}
