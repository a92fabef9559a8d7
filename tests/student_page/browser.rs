//! The journeys in Chromium on a screen of 390 × 844: finger, keyboard, camera, and without script.

use photodesk::sitter::vary;
use photodesk::store::devices::Role;
use photodesk::submission::{BatchRules, PaymentRule, Verb};

use crate::chromium::{Browser, PHONE};
use crate::fixture::{TestHub, claim, outcome, row};
use crate::mail_server::{MailServer, Way};
use crate::phone::{CODE, approved, produced, set_rules};
use crate::sitters::{GLASSES, GOOD, code_png, drawn, film};

const LANGUAGES: [&str; 2] = ["zh-CN", "en"];

/// What must hold on every page, in both languages, and on the narrowest phone; then a picture of it.
pub fn looked_at(browser: &mut Browser, name: &str) {
    for language in LANGUAGES {
        let short = &language[..2];
        browser
            .value(&format!("document.cookie; fetch(location.pathname + '?lang={short}').then(() => true)"));
        browser.speak(language);
        if !browser.path().starts_with("/s/") || browser.text(".answer h1").is_empty() {
            let path = browser.path();
            browser.go(&path);
        }
        for width in [320, PHONE.0, 1280] {
            browser.size((width, PHONE.1));
            let wide = browser.value("document.documentElement.scrollWidth - innerWidth");
            assert!(wide.as_f64().unwrap() <= 0.0, "{name} in {language} is {wide} wider than {width}");
        }
        let unnamed = browser.value(
            "[...document.querySelectorAll('input:not([type=hidden]), button, textarea, a, summary, svg[role], img')]
                 .filter(e => e.checkVisibility() && !(e.labels?.length || e.ariaLabel || e.innerText?.trim() || e.alt))
                 .map(e => e.outerHTML)",
        );
        assert_eq!(unnamed.as_array().unwrap().len(), 0, "{name} in {language}: no name for {unnamed}");
        let small = browser.value(
            "[...document.querySelectorAll('button, .button, input:not([type=hidden]), summary, nav a')]
                 .filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 22).map(e => e.outerHTML)",
        );
        assert_eq!(small.as_array().unwrap().len(), 0, "{name}: too small for a finger: {small}");
        assert_eq!(browser.value("document.querySelectorAll('h1').length"), 1, "{name}: one heading");
        if short == "en" {
            let foreign = browser.value(
                "[...document.querySelectorAll('main h1, main h2, main label, main button, main .hint, main p')]
                     .filter(e => e.checkVisibility() && /[\\u4e00-\\u9fff]/.test(e.innerText) && !e.matches('.of, .kicker, .order, .small'))
                     .map(e => e.innerText)",
            );
            assert!(foreign.as_array().unwrap().len() <= 1, "{name}: not in English: {foreign}");
        }
        browser.picture(&format!("{name}-{short}-1280"));
        browser.size(PHONE);
        browser.picture(&format!("{name}-{short}"));
        browser.dark(true);
        browser.picture(&format!("{name}-{short}-dark"));
        browser.dark(false);
    }
    browser.value("fetch(location.pathname + '?lang=zh').then(() => true)");
    browser.speak("zh-CN");
}

#[test]
fn a_student_finds_the_batch_scans_the_code_is_told_what_to_change_and_submits() {
    let hub = TestHub::with(|limits| limits.page.guesses_at_most = 2);
    let mut browser = Browser::open(&hub.url, None);
    browser.go("/");
    looked_at(&mut browser, "start");
    browser.go("/");
    browser.type_into("#code", "hubtst");
    browser.leads_on(|browser| browser.press("form button"));
    assert_eq!(browser.path(), "/s/HUBTST");
    looked_at(&mut browser, "who");
    browser.go("/s/HUBTST");

    // A picture without a code is told at once, in the page; one with a code is read in the page.
    browser.choose("#picked", &GOOD, "portrait.jpg");
    browser.until("document.getElementById('scan-told').classList.contains('fail')");
    assert!(browser.text("#scan-told").contains("没有读到二维码"));
    browser.choose("#picked", &code_png(CODE), "code.png");
    browser.until("document.getElementById('scan-told').classList.contains('pass')");
    assert_eq!(browser.value("document.getElementById('code').value"), CODE);
    assert_eq!(
        browser.value("document.getElementById('picked').files.length"),
        0,
        "the picture stays on the phone"
    );
    browser.type_into("#last_four", "12");
    browser.leads_on(|browser| browser.press("form.card button:not([type=button])"));
    assert_eq!(browser.text(".answer h1"), "后四位不对");
    assert_eq!(browser.value("document.activeElement.tagName"), "H1", "the focus is on the answer");
    browser.picture("who-wrong-zh");
    browser.type_into("#last_four", "002X");
    browser.type_into("#code", CODE);
    browser.leads_on(|browser| browser.press("form.card button:not([type=button])"));
    assert_eq!(browser.path(), "/my/rules");
    looked_at(&mut browser, "rules");

    browser.leads_on(|browser| browser.press("a.primary"));
    looked_at(&mut browser, "photo");
    browser.leads_on(|browser| browser.choose("#album", &GLASSES, "glasses.jpg"));
    assert!(browser.text(".answer h1").starts_with("初审不合格"), "{}", browser.text(".answer h1"));
    assert_eq!(browser.value("document.activeElement === document.querySelector('.answer h1')"), true);
    assert!(browser.text(".notes").contains("眼镜"));
    looked_at(&mut browser, "failed");
    browser.leads_on(|browser| browser.press("a.primary"));
    browser.leads_on(|browser| browser.choose("#album", &GOOD, "good.jpg"));
    assert_eq!(browser.text(".answer h1"), "初审合格");
    looked_at(&mut browser, "passed");
    browser.leads_on(|browser| browser.press("form button.primary"));
    assert_eq!((browser.path().as_str(), browser.text(".answer h1").as_str()), ("/my", "待审核"));
    looked_at(&mut browser, "pending");
    browser.was_well_behaved();
}

#[test]
fn the_rear_camera_with_guide_lines_takes_the_photo() {
    let hub = TestHub::new();
    let folder = tempfile::tempdir().unwrap();
    let film_path = folder.path().join("sitter.y4m");
    film(&film_path, &drawn(vary(3)));
    let mut browser = Browser::open(&hub.url, Some(&film_path));
    enter(&mut browser);
    browser.go("/my/photo");
    browser.press("[data-camera-open]");
    browser.until(
        "!document.getElementById('viewfinder').hidden && document.querySelector('video').videoWidth > 0",
    );
    assert_eq!(
        browser.value("document.querySelectorAll('.guides .line').length"),
        4,
        "crown, eyes, chin and the oval"
    );
    assert_eq!(browser.value("document.activeElement.textContent"), "拍照");
    browser.picture("camera-zh");
    browser.leads_on(|browser| browser.press("[data-camera-take]"));
    assert_eq!(browser.path(), "/my/check");
    assert_eq!(browser.text(".answer h1"), "初审合格");
    browser.picture("camera-checked-zh");
    // The pages' policy forbids nothing that was used.
    browser.was_well_behaved();
}

#[test]
fn the_code_is_read_by_the_camera() {
    let hub = TestHub::new();
    let folder = tempfile::tempdir().unwrap();
    let film_path = folder.path().join("code.y4m");
    let code = crate::sitters::code_picture(CODE);
    let mut frame = image::RgbImage::from_pixel(640, 480, image::Rgb([200; 3]));
    let code = image::imageops::resize(&code, 400, 400, image::imageops::FilterType::Triangle);
    image::imageops::overlay(&mut frame, &code, 120, 40);
    film(&film_path, &frame);
    let mut browser = Browser::open(&hub.url, Some(&film_path));
    browser.go("/s/HUBTST");
    browser.press("[data-scan-camera]");
    browser.until("document.getElementById('code').value !== ''");
    assert_eq!(browser.value("document.getElementById('code').value"), CODE);
    assert_eq!(browser.value("document.getElementById('scanner').hidden"), true, "the camera is off again");
    browser.was_well_behaved();
}

#[test]
fn with_the_keyboard_alone_a_rejected_student_reads_why_and_takes_a_photo_back() {
    let hub = TestHub::new();
    let mut browser = Browser::open(&hub.url, None);
    browser.go("/s/HUBTST");
    browser.value("document.querySelector('.skip').focus()");
    tab_to(&mut browser, "#last_four");
    browser.write("002X");
    tab_to(&mut browser, "#code");
    browser.write(CODE);
    tab_to(&mut browser, "form.card button:not([type=button])");
    browser.leads_on(|browser| browser.key("Enter"));
    assert_eq!(browser.path(), "/my/rules");
    browser.go("/my/photo");
    browser.leads_on(|browser| browser.choose("#album", &GOOD, "good.jpg"));
    tab_to(&mut browser, "form button.primary");
    browser.leads_on(|browser| browser.key("Enter"));
    assert_eq!(browser.text(".answer h1"), "待审核");

    let desk = hub.device("desk 1", Role::Reviewer);
    let leased = claim(&desk, 8).leases.remove(0);
    assert_eq!(outcome(&desk, &row(&leased, Verb::Reject)), "committed");
    // The open page sees it by itself when it is looked at again.
    browser.leads_on(|browser| {
        browser.value("document.dispatchEvent(new Event('visibilitychange'))");
    });
    assert_eq!(browser.text(".answer h1"), "被驳回");
    assert!(browser.text(".notes").contains("眼睛位置偏高或偏低"));
    looked_at(&mut browser, "rejected");

    browser.go("/my/photo");
    browser.leads_on(|browser| browser.choose("#album", &GOOD, "again.jpg"));
    browser.leads_on(|browser| browser.press("form button.primary"));
    tab_to(&mut browser, "summary");
    browser.key("Enter");
    tab_to(&mut browser, "details form button");
    browser.leads_on(|browser| browser.key("Enter"));
    assert_eq!(browser.text(".answer h1"), "等待你提交照片");
    looked_at(&mut browser, "withdrawn");
    browser.was_well_behaved();
}

#[test]
fn without_script_the_forms_alone_lead_to_a_submitted_photo() {
    let hub = TestHub::new();
    let mut browser = Browser::open(&hub.url, None);
    browser.script(false);
    browser.go("/s/HUBTST");
    browser.type_without_script("#last_four", "002X");
    browser.choose_without_script("#picked", &code_png(CODE), "code.png");
    browser.leads_on(|browser| browser.press_without_script("form.card button:not([type=button])"));
    browser.go("/my/photo");
    browser.picture("photo-unscripted-zh");
    browser.choose_without_script("#album", &GOOD, "good.jpg");
    browser.leads_on(|browser| browser.press_without_script("#shoot button.unscripted"));
    assert!(browser.source().contains("初审合格"));
    browser.leads_on(|browser| browser.press_without_script("form button.primary"));
    assert!(browser.source().contains("待审核"));
}

#[test]
fn a_finished_photo_is_confirmed_sent_by_mail_and_its_prints_are_ordered_by_finger() {
    let folder = tempfile::tempdir().unwrap();
    let server = MailServer::start(Way::Plain);
    let hub = TestHub::that_tells(&server.setup(folder.path()));
    set_rules(&hub, BatchRules { asks_confirmation: true, ..BatchRules::default() });
    let mut browser = Browser::open(&hub.url, None);
    enter(&mut browser);
    browser.go("/my/photo");
    browser.leads_on(|browser| browser.choose("#album", &GOOD, "good.jpg"));
    browser.leads_on(|browser| browser.press("form button.primary"));
    let desk = hub.device("desk 1", Role::Reviewer);
    produced(&desk, &approved(&desk));
    browser.go("/my");
    assert_eq!(browser.text(".answer h1"), "待确认");
    looked_at(&mut browser, "confirm");
    browser.go("/my");
    browser.leads_on(|browser| browser.press("form[action='/my/confirm'] button"));
    assert_eq!(browser.text(".answer h1"), "已完成");
    looked_at(&mut browser, "completed");
    browser.go("/my");
    browser.press("details:has(#address) summary");
    browser.type_into("#address", "lan@example.com");
    browser.picture("mail-zh");
    browser.leads_on(|browser| browser.press("form[action='/my/mail'] button"));
    assert_eq!(server.letters(1)[0].to, "lan@example.com");
    std::thread::sleep(std::time::Duration::from_millis(500));
    looked_at(&mut browser, "mailed");
    browser.go("/my");
    assert!(browser.text("details:has(#address)").contains("照片已发到你的邮箱"));
    browser.leads_on(|browser| browser.press("a[href='/my/prints']"));
    for (field, text) in [("#name", "吴小兰"), ("#phone", "13800000000"), ("#address", "示范市示范路 1 号")]
    {
        browser.type_into(field, text);
    }
    browser.leads_on(|browser| browser.press("form.card button"));
    assert!(browser.text(".orders").contains("版式一"), "{}", browser.text("main"));
    looked_at(&mut browser, "prints");
    browser.was_well_behaved();
}

#[test]
fn a_student_who_pays_first_sees_what_to_pay_under_which_number() {
    let hub = TestHub::new();
    let rules = BatchRules { payment: PaymentRule::BeforePhoto, fee_fen: 3000, ..BatchRules::default() };
    set_rules(&hub, rules);
    let mut browser = Browser::open(&hub.url, None);
    enter(&mut browser);
    assert_eq!(browser.text(".answer h1"), "请先付款");
    browser.leads_on(|browser| browser.press("form[action='/my/order'] button"));
    assert!(browser.text("dl").contains("¥30"), "{}", browser.text("main"));
    looked_at(&mut browser, "pay");
    browser.was_well_behaved();
}

/// In by the batch's link.
pub fn enter(browser: &mut Browser) {
    browser.go("/s/HUBTST");
    browser.type_into("#last_four", "002X");
    browser.type_into("#code", CODE);
    browser.leads_on(|browser| browser.press("form.card button:not([type=button])"));
}

/// Presses Tab until the element has the focus.
pub fn tab_to(browser: &mut Browser, selector: &str) {
    for _ in 0..40 {
        if browser.value(&format!("document.activeElement === document.querySelector({selector:?})")) == true
        {
            let ring = browser.value("getComputedStyle(document.activeElement).outlineStyle");
            assert_ne!(ring, "none", "{selector} shows no focus");
            return;
        }
        browser.key("Tab");
    }
    panic!("{selector} cannot be reached by Tab");
}
