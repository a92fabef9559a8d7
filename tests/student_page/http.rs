//! Every page over HTTP: what it says, what it refuses, what it keeps.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use photodesk::store::devices::Role;
use photodesk::submission::{BatchRules, OrderState, PaymentRule, PhotoSource, Verb};
use photodesk::sync::protocol::PaymentRecord;

use crate::fixture::{BATCH, START_MS, TestHub, claim, key, outcome, row};
use crate::mail_server::{MailServer, Way};
use crate::phone::{CODE, OTHER_CODE, Phone, approved, produced, set_rules, ticket};
use crate::sitters::{GLASSES, GOOD, code_png};

#[test]
fn a_batch_is_found_by_its_code_in_the_language_of_the_browser() {
    let hub = TestHub::new();
    let mut phone = Phone::of(&hub);
    assert_eq!(phone.get("/").heading(), "提交你的照片");
    let found = phone.get("/s?code=hubtst");
    assert_eq!((found.status, found.location.as_deref()), (303, Some("/s/HUBTST")));
    let wrong = phone.get("/s?code=NOSUCH");
    assert_eq!((wrong.status, wrong.heading().as_str()), (404, "没有这个特征码"));
    let batch = phone.get("/s/HUBTST");
    assert_eq!((batch.status, batch.heading().as_str()), (200, "示范大学"));
    let mut english = Phone::speaking(&hub, "en-GB,en;q=0.9");
    assert!(english.get("/s/HUBTST").body.contains("<html lang=\"en\">"));
    assert!(english.get("/s/HUBTST?lang=zh").body.contains("<html lang=\"zh-CN\">"));
    assert!(english.get("/").body.contains("<html lang=\"zh-CN\">"), "the choice is remembered");
    let missing = phone.get("/no/such/page");
    assert_eq!((missing.status, missing.heading().as_str()), (404, "没有这个页面"));
    assert!(missing.headers.contains_key("content-security-policy"));
    assert!(phone.get("/v1/nothing").body.contains("\"no_such_path\""), "programs get their own shape");
}

#[test]
fn no_page_runs_foreign_or_written_in_script_and_none_is_kept_by_a_cache() {
    let hub = TestHub::new();
    let mut phone = Phone::of(&hub);
    let page = phone.get("/s/HUBTST");
    let header = |name: &str| page.headers.get(name).unwrap().to_str().unwrap().to_owned();
    let policy = header("content-security-policy");
    assert!(
        policy.contains("default-src 'none'")
            && policy.contains("script-src 'self'")
            && !policy.contains("unsafe"),
        "{policy}"
    );
    assert_eq!(
        (header("cache-control").as_str(), header("x-content-type-options").as_str()),
        ("no-store", "nosniff")
    );
    for tag in page.body.split('<').filter(|tag| tag.starts_with("script") || tag.starts_with("link")) {
        assert!(tag.contains("src=\"/page/") || tag.contains("href=\"/page/"), "{tag}");
    }
    assert!(
        !page.body.contains(" style=") && !page.body.contains("http://") && !page.body.contains("https://")
    );
    for tag in page.body.split('"').filter(|part| part.starts_with("/page/")) {
        let file = phone.get(tag);
        assert_eq!(file.status, 200, "{tag}");
        assert!(file.headers["cache-control"].to_str().unwrap().contains("immutable"));
    }
}

#[test]
fn a_form_of_another_page_or_session_is_refused() {
    let hub = TestHub::new();
    let (mut phone, mut stranger) = (Phone::of(&hub), Phone::of(&hub));
    let foreign = stranger.get("/s/HUBTST");
    phone.get("/s/HUBTST");
    let fields = [("last_four", &b"002X"[..], false), ("code", CODE.as_bytes(), false)];
    let refused = phone.post_files(&foreign, "/s/HUBTST", &fields);
    assert_eq!((refused.status, refused.heading().as_str()), (403, "页面已过期"));
    phone.enters();
    let before = foreign.token();
    assert_ne!(phone.get("/my/rules").token(), before, "the sign changes with the person");
    phone.cookies.insert("photodesk".into(), "0.person.9999999999999.00".into());
    let refused = phone.get("/my");
    assert_eq!((refused.status, refused.heading().as_str()), (403, "请重新进入"), "a cookie nobody signed");
}

#[test]
fn who_somebody_is_takes_the_last_four_and_the_code_and_guessing_ends_soon() {
    let hub = TestHub::new();
    Phone::of(&hub).enters();
    let mut other = Phone::of(&hub);
    assert_eq!(other.tells("12", CODE).heading(), "后四位不对");
    assert_eq!(other.tells("002X", "").heading(), "还没有采集码");
    assert_eq!(other.tells("002X", "hello").heading(), "这不是采集码");
    for left in (1..5).rev() {
        let wrong = other.tells("1234", CODE);
        assert_eq!((wrong.status, wrong.heading().as_str()), (422, "后四位和采集码对不上"));
        assert!(wrong.body.contains(&format!("还可以试 {left} 次")), "{}", wrong.body);
        assert!(!wrong.body.contains(CODE) && !wrong.body.contains("1234"), "nothing typed comes back");
    }
    let locked = other.tells("1234", CODE);
    assert_eq!((locked.status, locked.heading().as_str()), (429, "试错次数过多"));
    assert_eq!(
        Phone::of(&hub).tells("002X", CODE).status,
        429,
        "the right answer waits too, wherever it comes from"
    );
    assert_eq!(Phone::of(&hub).tells("002X", OTHER_CODE).status, 303, "another code is another person");
    hub.later(900_000);
    let right = other.tells("002x", CODE);
    assert_eq!(right.status, 303, "small letters are forgiven");
}

#[test]
fn a_browser_without_script_sends_the_picture_of_the_code() {
    let hub = TestHub::new();
    let mut phone = Phone::of(&hub);
    let page = phone.get("/s/HUBTST");
    let png = code_png(CODE);
    let fields = [("last_four", &b"6(A)"[..], false), ("code", b"", false), ("picture", &png, true)];
    assert_eq!(phone.post_files(&page, "/s/HUBTST", &fields).status, 303);
    let again = Phone::of(&hub).tells("6（a）", CODE);
    assert_eq!(again.status, 303, "the same person by its text");
    let blank = [("last_four", &b"6(A)"[..], false), ("code", b"", false), ("picture", &GOOD[..], true)];
    let page = Phone::of(&hub).get("/s/HUBTST");
    assert_eq!(page.status, 200);
    let mut third = Phone::of(&hub);
    let page = third.get("/s/HUBTST");
    assert_eq!(third.post_files(&page, "/s/HUBTST", &blank).heading(), "图里没有读到采集码");
}

#[test]
fn a_ticket_that_was_given_out_is_one_person_s() {
    let hub = TestHub::new();
    let ticket = ticket(&hub);
    let mut phone = Phone::of(&hub);
    assert_eq!(phone.tells("002X", "HUBTST-ZZ-0001-0").status, 422);
    let foreign = photodesk::onsite::ticket::Ticket::parse(&ticket).unwrap();
    let unknown = photodesk::onsite::ticket::Ticket::new(foreign.batch.clone(), "ZZ", 7).unwrap().to_string();
    assert_eq!(phone.tells("002X", &unknown).heading(), "凭条还没有登记");
    assert_eq!(phone.tells("002X", &ticket.to_lowercase()).status, 303);
    assert_eq!(phone.get("/my/rules").status, 200);
    assert_eq!(Phone::of(&hub).tells("1234", &ticket).heading(), "后四位和采集码对不上");
}

#[test]
fn a_photo_is_checked_submitted_rejected_sent_again_and_withdrawn() {
    let mut hub = TestHub::new();
    let mut phone = Phone::of(&hub);
    phone.enters();
    assert_eq!(phone.get("/my").location.as_deref(), Some("/my/rules"));
    let rules = phone.get("/my/rules");
    assert!(rules.body.contains("一律不戴眼镜、美瞳"), "the batch's standard speaks");
    let checked = phone.sends(&GLASSES);
    assert!(checked.heading().starts_with("初审不合格"), "{}", checked.heading());
    assert!(checked.body.contains("眼镜") && checked.body.contains("仍要提交这张"));
    let draft = phone.get("/my/draft.jpg");
    assert_eq!((draft.status, draft.headers["content-type"].to_str().unwrap()), (200, "image/jpeg"));
    let status = phone.submits(&GLASSES);
    assert_eq!(status.heading(), "待审核");
    assert_eq!(phone.get("/my/photo").location.as_deref(), Some("/my"), "nothing to send meanwhile");

    let desk = hub.device("desk 1", Role::Reviewer);
    let leased = claim(&desk, 8).leases.remove(0);
    assert_eq!(outcome(&desk, &row(&leased, Verb::Reject)), "committed");
    let status = phone.get("/my");
    assert_eq!(status.heading(), "被驳回");
    assert!(
        status.body.contains("眼睛位置偏高或偏低") && status.body.contains("还可以再提交 1 次"),
        "{}",
        status.body
    );

    let checked = phone.sends(&GOOD);
    assert_eq!(checked.heading(), "初审合格");
    let sha256 = checked.field("photo");
    assert_eq!(phone.post(&checked, "/my/submit", &[("photo", &"0".repeat(64))]).heading(), "照片已换过");
    assert_eq!(phone.post(&checked, "/my/submit", &[("photo", &sha256)]).status, 303);
    assert_eq!(phone.post(&checked, "/my/submit", &[("photo", &sha256)]).status, 303, "pressed twice");
    assert!(phone.get("/my").body.contains("第 2 次，共 2 次"));

    let status = phone.get("/my");
    let revision = status.field("revision");
    let stale = phone.post(&status, "/my/withdraw", &[("revision", "1")]);
    assert_eq!(stale.heading(), "照片已换过");
    assert_eq!(phone.post(&status, "/my/withdraw", &[("revision", &revision)]).status, 303);
    assert_eq!(phone.get("/my").heading(), "等待你提交照片");
    assert_eq!(phone.get("/my/state").body, r#"{"state":"paid","revision":2}"#);
    assert_eq!(phone.submits(&GOOD).heading(), "待审核");
    let leased = claim(&desk, 8).leases.remove(0);
    assert_eq!(outcome(&desk, &row(&leased, Verb::Approve)), "committed");
    let late = phone.get("/my");
    assert_eq!(late.heading(), "审核通过，待制作");
    let refused = phone.post(&late, "/my/withdraw", &[("revision", "3")]);
    assert_eq!(refused.heading(), "现在不能这样做");

    hub.stop();
    let store = hub.store();
    let subject = store.subjects(BATCH).unwrap().remove(0).subject;
    assert_eq!(store.subject_of(&leased.submission.submission).unwrap().unwrap().id, subject.id);
    assert!(
        store.report(&leased.submission.submission).unwrap().is_some(),
        "the check's answer stays with it"
    );
    store.verify_journal().unwrap();
    for file in ["desk.db", "desk.db-wal"] {
        let bytes = std::fs::read(hub.folder.path().join("hub").join(file)).unwrap_or_default();
        assert!(!bytes.windows(CODE.len()).any(|window| window == CODE.as_bytes()), "{file} holds the code");
    }
}

#[test]
fn what_is_no_photo_is_refused_with_what_to_do() {
    let hub = TestHub::new();
    let mut phone = Phone::of(&hub);
    assert_eq!(phone.get("/my/photo").status, 403);
    phone.enters();
    let page = phone.get("/my/photo");
    let mut refused =
        |content: &[u8]| phone.post_files(&page, "/my/photo", &[("photo", content, true)]).heading();
    assert_eq!(refused(b""), "还没有选照片");
    assert_eq!(refused(b"no photo at all, whatever its name says"), "这个文件不是照片");
    assert_eq!(refused(&GOOD[..GOOD.len() / 2]), "照片不完整");
    let refused = phone.post_files(&page, "/my/photo", &[]);
    assert_eq!(refused.heading(), "还没有选照片");
    assert_eq!(phone.get("/my/check").location.as_deref(), Some("/my"));
}

#[test]
fn leaving_ends_the_session_and_nobody_else_s_picture_can_be_asked_for() {
    let hub = TestHub::new();
    let (mut phone, mut other) = (Phone::of(&hub), Phone::of(&hub));
    phone.enters();
    phone.sends(&GOOD);
    assert_eq!(other.tells("1234", OTHER_CODE).status, 303);
    assert_eq!(other.get("/my/draft.jpg").status, 409);
    let page = phone.get("/my/rules");
    assert_eq!(phone.post(&page, "/leave", &[]).location.as_deref(), Some("/"));
    assert_eq!(phone.get("/my/draft.jpg").status, 403);
    phone.enters();
    hub.later(43_200_000);
    assert_eq!(phone.get("/my").heading(), "请重新进入", "a session has its time");
}

#[test]
fn prints_of_a_finished_photo_become_an_order_of_the_print_room() {
    let mut hub = TestHub::new();
    let mut phone = Phone::of(&hub);
    phone.enters();
    phone.submits(&GOOD);
    assert!(phone.get("/my/prints").body.contains("照片完成后可以加洗"));
    finish(&hub);
    assert_eq!(phone.get("/my").heading(), "已完成");
    let page = phone.get("/my/prints");
    let fields = |copies: &'static str| {
        [
            ("layout", "版式一"),
            ("copies", copies),
            ("name", "<b>吴小兰</b>"),
            ("phone", "13800000000"),
            ("address", "示范市示范路 1 号"),
            ("postcode", "100000"),
        ]
    };
    let refused = phone.post(&page, "/my/prints", &fields("0"));
    assert_eq!((refused.status, refused.heading().as_str()), (422, "份数不对"));
    assert!(
        refused.body.contains("&lt;b&gt;吴小兰") && !refused.body.contains("<b>吴"),
        "typed text is text"
    );
    assert_eq!(phone.post(&page, "/my/prints", &fields("2")).location.as_deref(), Some("/my/prints"));
    let placed = phone.get("/my/prints");
    assert!(placed.body.contains("版式一") && placed.body.contains("待支付"), "{}", placed.body);
    assert!(!placed.body.contains("13800000000"), "the address does not come back");
    let other_layout = [("layout", "版式二"), ("copies", "1")];
    assert_eq!(
        phone.post(&page, "/my/prints", &other_layout).heading(),
        "请选择版式",
        "the batch offers one only"
    );
    hub.stop();
    let store = hub.store();
    let order = store.print_orders(Some(OrderState::AwaitingPayment)).unwrap().remove(0);
    assert_eq!((order.copies, order.layout.as_str(), order.paper.as_str()), (2, "1寸×8+2寸×4", "6寸"));
    assert_eq!(store.recipient(&order.number).unwrap().postcode, "100000");
}

#[test]
fn a_finished_photo_is_sent_back_confirmed_and_downloaded() {
    let hub = TestHub::new();
    set_rules(&hub, BatchRules { asks_confirmation: true, ..BatchRules::default() });
    let mut phone = Phone::of(&hub);
    phone.enters();
    phone.submits(&GOOD);
    let desk = hub.device("desk 1", Role::Reviewer);
    produced(&desk, &approved(&desk));
    let status = phone.get("/my");
    assert_eq!(status.heading(), "待确认");
    assert!(
        status.body.contains("/my/final.jpg") && !status.body.contains("/my/download"),
        "{}",
        status.body
    );
    assert_eq!(phone.get("/my/download").status, 409, "what is not confirmed is not given out");
    let stale = phone.post(&status, "/my/confirm", &[("revision", "7")]);
    assert_eq!(stale.heading(), "照片已换过");
    let revision = status.field("revision");
    assert_eq!(phone.post(&status, "/my/dispute", &[("revision", &revision)]).status, 303);
    assert_eq!(phone.get("/my").heading(), "待审核");
    assert_eq!(phone.get("/my/final.jpg").status, 409, "it is reviewed again");

    let made = produced(&desk, &approved(&desk));
    let status = phone.get("/my");
    assert_eq!(phone.post(&status, "/my/confirm", &[("revision", &status.field("revision"))]).status, 303);
    let status = phone.get("/my");
    assert_eq!(status.heading(), "已完成");
    let file = phone.get_bytes("/my/download");
    assert_eq!(file, made);
    assert!(!status.body.contains("/my/mail"), "this hub sends no mail");
    assert_eq!(Phone::of(&hub).get("/my/final.jpg").status, 403);
}

#[test]
fn who_waits_sees_the_place_and_an_estimate_as_soon_as_one_can_be_made() {
    let hub = TestHub::new();
    let (mut first, mut second) = (Phone::of(&hub), Phone::of(&hub));
    first.enters();
    first.submits(&GOOD);
    hub.later(1000);
    assert_eq!(second.tells("1234", OTHER_CODE).status, 303);
    let status = second.submits(&GLASSES);
    assert!(first.get("/my").body.contains("下一个就轮到你"));
    assert!(
        status.body.contains("前面还有 1 人") && !status.body.contains("按最近的速度"),
        "{}",
        status.body
    );
    approved(&hub.device("desk 1", Role::Reviewer));
    assert!(second.get("/my").body.contains("下一个就轮到你"));
}

#[test]
fn where_payment_comes_first_the_order_s_number_is_told_and_the_photo_waits_for_the_money() {
    let hub = TestHub::new();
    let rules = BatchRules { payment: PaymentRule::BeforePhoto, fee_fen: 2990, ..BatchRules::default() };
    set_rules(&hub, rules);
    let mut phone = Phone::of(&hub);
    phone.enters();
    let page = phone.get("/my");
    assert_eq!(page.heading(), "请先付款");
    assert!(page.body.contains("¥29.90"));
    assert_eq!(phone.get("/my/photo").location.as_deref(), Some("/my"));
    assert_eq!(phone.post(&page, "/my/order", &[]).status, 303);
    let opened = phone.get("/my");
    assert_eq!(phone.post(&page, "/my/order", &[]).status, 303, "pressed twice");
    let number = order_number(&opened.body);
    assert_eq!(order_number(&phone.get("/my").body), number, "one order");
    pay(&hub, &number, 2990);
    assert_eq!(phone.get("/my").location.as_deref(), Some("/my/rules"));
    assert_eq!(phone.submits(&GOOD).heading(), "待审核");
}

#[test]
fn where_payment_comes_after_the_photo_the_status_says_what_is_owed() {
    let hub = TestHub::new();
    let rules = BatchRules { payment: PaymentRule::AfterPhoto, fee_fen: 3000, ..BatchRules::default() };
    set_rules(&hub, rules);
    let mut phone = Phone::of(&hub);
    phone.enters();
    let status = phone.submits(&GOOD);
    assert_eq!(status.heading(), "待支付");
    assert!(status.body.contains("¥30<"), "{}", status.body);
    pay(&hub, &order_number(&status.body), 3000);
    assert_eq!(phone.get("/my").heading(), "待审核");
}

#[test]
fn a_batch_offers_what_its_rules_allow_and_says_when_it_is_over() {
    let hub = TestHub::new();
    let mut phone = Phone::of(&hub);
    phone.enters();
    set_rules(&hub, BatchRules { sources: vec![PhotoSource::Camera], ..BatchRules::default() });
    let page = phone.get("/my/photo");
    assert!(page.body.contains("id=\"camera\"") && !page.body.contains("id=\"album\""));
    set_rules(&hub, BatchRules { sources: vec![PhotoSource::OnSite], ..BatchRules::default() });
    assert_eq!(phone.get("/my/photo").heading(), "本批次现场拍照");
    let checked = {
        set_rules(&hub, BatchRules::default());
        phone.sends(&GOOD)
    };
    set_rules(&hub, BatchRules { upload_until_ms: Some(START_MS + 1), ..BatchRules::default() });
    hub.later(1);
    assert_eq!(phone.get("/my").heading(), "已经截止");
    let late = phone.post(&checked, "/my/submit", &[("photo", &checked.field("photo"))]);
    assert_eq!(late.heading(), "已经截止", "a page that was open for long");
    set_rules(&hub, BatchRules { opens_at_ms: Some(START_MS + 10), ..BatchRules::default() });
    assert_eq!(phone.get("/my").heading(), "还没有开始");
}

fn pay(hub: &TestHub, number: &str, amount_fen: u32) {
    let office = hub.device("office 2", Role::Administrator);
    let record = PaymentRecord { amount_fen, recorded_by: "li".to_owned() };
    office.record_payment(&key(), number, &record).unwrap();
}

/// The order's number as the page tells it.
fn order_number(page: &str) -> String {
    let rest = page.split_once("订单号</dt>").map_or("", |(_, rest)| rest);
    rest.trim_start().trim_start_matches("<dd>").split('<').next().unwrap_or_default().to_owned()
}

/// What a desk does until the photo is finished.
fn finish(hub: &TestHub) {
    let desk = hub.device("desk 1", Role::Reviewer);
    produced(&desk, &approved(&desk));
}

#[test]
fn a_finished_photo_is_sent_by_mail_and_its_address_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let server = MailServer::start(Way::Plain);
    let hub = TestHub::that_tells(&server.setup(folder.path()));
    let mut phone = Phone::of(&hub);
    phone.enters();
    phone.submits(&GOOD);
    let desk = hub.device("desk 1", Role::Reviewer);
    let made = produced(&desk, &approved(&desk));
    let status = phone.get("/my");
    let revision = status.field("revision");
    let wrong = phone.post(&status, "/my/mail", &[("revision", &revision), ("address", "lan at example")]);
    assert_eq!((wrong.status, wrong.heading().as_str()), (400, "这不是一个邮箱地址"));
    let asked = phone.post(&status, "/my/mail", &[("revision", &revision), ("address", " lan@example.com ")]);
    assert_eq!((asked.status, asked.location.as_deref()), (303, Some("/my")));
    let letter = server.letters(1).remove(0);
    assert_eq!(letter.to, "lan@example.com");
    let parts: Vec<&str> = letter.data.split("Content-Type: image/jpeg").collect();
    let base64: String = parts[1]
        .split_once("\r\n\r\n")
        .unwrap()
        .1
        .split("\r\n--")
        .next()
        .unwrap()
        .split_whitespace()
        .collect();
    assert_eq!(STANDARD.decode(base64).unwrap(), made, "the very photo");
    let begun = std::time::Instant::now();
    while !phone.get("/my").body.contains("照片已发到你的邮箱") {
        assert!(begun.elapsed() < std::time::Duration::from_secs(20), "{}", phone.get("/my").body);
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let notice = hub.beside(|store| store.notices(None, 9).unwrap().remove(0));
    assert_eq!(hub.beside(|store| store.notice_address(&notice.id).unwrap()), None);
    let status = phone.get("/my");
    for expected in [303, 303, 409] {
        let fields = [("revision", revision.as_str()), ("address", "lan@example.com")];
        assert_eq!(phone.post(&status, "/my/mail", &fields).status, expected);
    }
}

#[test]
fn a_photo_that_was_never_submitted_is_deleted_while_the_hub_runs() {
    let hub = TestHub::with(|limits| {
        limits.page.sweep_every_seconds = 1;
        limits.page.dropped_kept_seconds = 1;
    });
    let mut phone = Phone::of(&hub);
    phone.enters();
    phone.sends(&GOOD);
    assert!(phone.get("/my/check").body.contains("/my/submit"));
    let files = || {
        let blobs = walkdir::WalkDir::new(hub.folder.path().join("hub/blobs"));
        blobs.into_iter().flatten().filter(|entry| entry.file_type().is_file()).count()
    };
    assert_eq!(files(), 1);
    std::thread::sleep(std::time::Duration::from_millis(2500));
    assert_eq!(files(), 1, "it is kept for three days");
    hub.later(73 * 3_600_000);
    let begun = std::time::Instant::now();
    while files() > 0 {
        assert!(begun.elapsed() < std::time::Duration::from_secs(20), "the file is still there");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
}

#[test]
fn whoever_comes_back_after_everything_was_erased_is_told_so_and_nothing_is_kept_anew() {
    let mut hub = TestHub::with(|limits| limits.page.dropped_kept_seconds = 0);
    let mut phone = Phone::of(&hub);
    phone.enters();
    phone.submits(&GOOD);
    finish(&hub);
    hub.later(365 * 24 * 3600 * 1000);
    hub.stop();
    hub.start_again();
    let mut again = Phone::of(&hub);
    let begun = std::time::Instant::now();
    loop {
        again.enters();
        let page = again.get("/my");
        if page.heading() == "已清除" {
            assert!(page.body.contains("照片和资料已删除") && !page.body.contains("002X"), "{}", page.body);
            break;
        }
        assert!(begun.elapsed() < std::time::Duration::from_secs(20), "{}", page.heading());
    }
    assert_eq!(again.get("/my/final.jpg").status, 409);
    assert_eq!(again.get("/my/photo").location.as_deref(), Some("/my"), "nothing is taken anew");
    hub.stop();
    let store = hub.store();
    let subject = store.subjects(BATCH).unwrap().remove(0).subject;
    assert_eq!((subject.last_four.as_str(), subject.masked_name.as_str()), ("", ""));
    assert_eq!(store.person(&subject.id).unwrap(), photodesk::submission::Person::default());
    store.verify_journal().unwrap();
}
