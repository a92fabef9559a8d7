//! Paying on the page: by a code, from a phone's browser, inside WeChat; lost callbacks, and a service that is away.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use photodesk::onsite::code::{Codes, Luma, read};
use photodesk::submission::{BatchRules, PaymentRule};

use crate::chromium::Browser;
use crate::fixture::{START_MS, TestHub};
use crate::phone::{Answer, Phone, set_rules};
use crate::sitters::GOOD;
use crate::wechat_service::{Notice, OPENID, Service};

const FEE: u32 = 2990;
const IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Mobile/15E148 Safari/604.1";
const IN_WECHAT: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 MicroMessenger/8.0.44";

struct Centre {
    hub: TestHub,
    service: Arc<Service>,
}

impl Centre {
    fn new(payment: PaymentRule, knows_secret: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (service, wechat) = Service::start(folder.path(), knows_secret, START_MS);
        let hub = TestHub::with_provider(Arc::new(wechat));
        service.keeps_time_of(&hub.now_ms);
        set_rules(&hub, BatchRules { payment, fee_fen: FEE, ..BatchRules::default() });
        Self { hub, service }
    }

    /// A student who is asked to pay first, at the page to pay on.
    fn student(&self, agent: &'static str) -> (Phone, Answer) {
        let mut phone = Phone::of(&self.hub);
        phone.agent = agent;
        phone.enters();
        let page = phone.get("/my");
        let opened = phone.post(&page, "/my/order", &[]);
        let next = if agent == IN_WECHAT { "/my" } else { "/my/pay" };
        assert_eq!((opened.status, opened.location.as_deref()), (303, Some(next)));
        let page = phone.get("/my/pay");
        (phone, page)
    }
}

#[test]
fn a_code_is_shown_until_it_is_paid_and_a_lost_callback_keeps_nobody_waiting() {
    let centre = Centre::new(PaymentRule::BeforePhoto, false);
    let (mut phone, page) = centre.student("");
    assert_eq!(page.heading(), "微信支付");
    assert!(page.body.contains("<svg class=\"code\"") && page.body.contains("¥29.90"), "{}", page.body);
    assert!(phone.get("/my").body.contains("微信支付 ¥29.90"));
    phone.get("/my/pay");
    assert_eq!(centre.service.times_asked("native"), 1, "a page that is opened again asks for nothing new");
    assert_eq!(phone.get("/my/state").body, r#"{"state":"awaiting_payment","revision":0}"#);
    let looks =
        centre.service.asked.lock().unwrap().iter().filter(|(path, _)| path.contains("?mchid")).count();
    assert!(looks > 0, "whoever waits has the service asked");

    let payment = centre.service.is_paid();
    assert_eq!(phone.get("/my/state").body, r#"{"state":"paid","revision":0}"#);
    assert_eq!(phone.get("/my/pay").location.as_deref(), Some("/my"));
    assert_eq!(phone.get("/my").location.as_deref(), Some("/my/rules"));
    let late = Notice::of(&payment, FEE, centre.service.now_ms());
    assert_eq!(centre.service.tells(&centre.hub.url, &late), (200, "SUCCESS".into()));
    assert_eq!(phone.submits(&GOOD).heading(), "待审核");
}

#[test]
fn a_phone_s_browser_is_led_to_wechat_and_back_and_what_it_says_of_the_payment_is_not_believed() {
    let centre = Centre::new(PaymentRule::AfterPhoto, false);
    let mut phone = Phone::of(&centre.hub);
    phone.agent = IPHONE;
    phone.enters();
    let status = phone.submits(&GOOD);
    assert_eq!(status.heading(), "待支付");
    assert!(status.body.contains("href=\"/my/pay\""), "{}", status.body);
    let page = phone.get("/my/pay");
    assert!(page.body.contains("href=\"/my/pay/open\"") && !page.body.contains("<svg class=\"code\""));
    assert_eq!(
        centre.service.times_asked("h5"),
        0,
        "it lives for minutes, and is asked for when it is pressed"
    );
    let gone = phone.get("/my/pay/open");
    let (place, home) =
        (gone.location.clone().unwrap(), centre.hub.url.replace(':', "%3A").replace('/', "%2F"));
    assert_eq!(gone.headers["referrer-policy"], "strict-origin");
    assert!(place.starts_with(&format!("{}/checkmweb?", centre.service.address)), "{place}");
    assert!(place.ends_with(&format!("&redirect_url={home}%2Fmy%2Fpay%2Fback")), "{place}");
    let (_, message) = centre.service.asked.lock().unwrap().last().unwrap().clone();
    assert_eq!(message["scene_info"]["payer_client_ip"], "127.0.0.1");

    assert_eq!(phone.get("/my/pay/back").location.as_deref(), Some("/my/pay"), "nothing was paid");
    assert_eq!(phone.get("/my/pay/open").location, Some(place.clone()));
    centre.hub.later(240_000);
    assert_eq!(
        phone.get("/my/pay/open").location,
        Some(place),
        "ended, asked for anew, under the same number"
    );
    assert_eq!(centre.service.times_asked("h5"), 2);

    // A code instead: the other way is closed first.
    assert!(phone.get("/my/pay?by=code").body.contains("<svg class=\"code\""));
    centre.service.is_paid();
    assert_eq!(phone.get("/my/pay/back").location.as_deref(), Some("/my"));
    assert_eq!(phone.get("/my").heading(), "待审核");
}

#[test]
fn inside_wechat_the_payer_signs_in_by_wechat_and_only_for_this_session() {
    let centre = Centre::new(PaymentRule::BeforePhoto, true);
    let (mut phone, led) = centre.student(IN_WECHAT);
    let sign_in = led.location.unwrap();
    assert!(
        sign_in.starts_with(&format!("{}/connect/oauth2/authorize?", centre.service.address)),
        "{sign_in}"
    );
    assert!(sign_in.ends_with("#wechat_redirect"));
    let came_back = centre.signs_in(&sign_in);
    let (path, forged) = (came_back.replace(&centre.hub.url, ""), came_back.replace("state=", "state=0"));
    assert_eq!(phone.get(&forged.replace(&centre.hub.url, "")).status, 403, "nobody asked for this");
    let mut stranger = Phone::of(&centre.hub);
    stranger.agent = IN_WECHAT;
    stranger.tells("1234", crate::phone::OTHER_CODE);
    assert_eq!(stranger.get(&path).status, 403, "another session's sign-in");

    assert_eq!(phone.get(&path).location.as_deref(), Some("/my/pay"));
    let page = phone.get("/my/pay");
    assert!(page.body.contains("data-request") && page.body.contains("prepay_id=wx2611"), "{}", page.body);
    assert_eq!(centre.service.asked.lock().unwrap().last().unwrap().1["payer"]["openid"], OPENID);
    assert_eq!(phone.get(&path).location.as_deref(), Some("/my/pay?by=code"), "a code counts once");

    let cookie = phone.cookies["photodesk-payer"].clone();
    phone.cookies.insert("photodesk-payer".into(), cookie.replace(OPENID, "oSomebodyElse"));
    assert!(phone.get("/my/pay").location.unwrap().contains("/connect/oauth2/"), "nobody signed that");
    phone.cookies.insert("photodesk-payer".into(), cookie);
    centre.service.is_paid();
    assert_eq!(phone.get("/my/pay").location.as_deref(), Some("/my"));
}

impl Centre {
    /// Follows the way into WeChat's sign-in as its browser does; gives where that leads.
    fn signs_in(&self, address: &str) -> String {
        let http = reqwest::blocking::Client::builder().redirect(reqwest::redirect::Policy::none()).build();
        let answer = http.unwrap().get(address).send().unwrap();
        answer.headers()["location"].to_str().unwrap().to_owned()
    }
}

#[test]
fn without_the_app_s_secret_or_without_the_service_the_page_says_how_else_to_pay() {
    let centre = Centre::new(PaymentRule::BeforePhoto, false);
    let (mut phone, page) = centre.student(IN_WECHAT);
    assert!(page.body.contains("<svg class=\"code\"") && page.body.contains("请在另一块屏幕上打开本页"));
    centre.hub.later(6_900_000);
    centre.service.is_away.store(true, Ordering::SeqCst);
    let trouble = phone.get("/my/pay");
    assert_eq!((trouble.status, trouble.heading().as_str()), (502, "微信支付暂时用不了"));
    assert!(trouble.body.contains("请按学校或采集中心告知的方式付款"), "{}", trouble.body);
    assert_eq!(phone.get("/my").status, 200, "nothing else breaks");
    centre.service.is_away.store(false, Ordering::SeqCst);
    assert_eq!(phone.get("/my/pay").status, 200);
}

#[test]
fn a_student_pays_in_wechat_from_the_phone_s_browser_and_the_page_goes_on_by_itself() {
    let centre = Centre::new(PaymentRule::BeforePhoto, false);
    let mut browser = Browser::open(&centre.hub.url, None);
    browser.calls_itself(IPHONE);
    crate::browser::enter(&mut browser);
    assert_eq!(browser.text(".answer h1"), "请先付款");
    browser.leads_on(|browser| browser.press("form[action='/my/order'] button"));
    assert_eq!((browser.path().as_str(), browser.text("h1").as_str()), ("/my/pay", "微信支付"));
    crate::browser::looked_at(&mut browser, "pay-phone");
    browser.go("/my/pay");
    crate::browser::tab_to(&mut browser, "a[href='/my/pay/open']");
    browser.leads_on(|browser| browser.key("Enter"));
    let opened_from = centre.service.opened_from.lock().unwrap().last().unwrap().clone();
    assert_eq!(opened_from, Some(format!("{}/", centre.hub.url)), "WeChat is told the site and no path");
    browser.leads_on(|browser| browser.press("#pay"));
    assert_eq!(browser.path(), "/my/rules", "paid, found by asking, and on");
    browser.was_well_behaved_at(&[&centre.service.address]);
}

#[test]
fn elsewhere_the_code_on_the_screen_is_scanned_and_the_open_page_goes_on_by_itself() {
    let centre = Centre::new(PaymentRule::BeforePhoto, false);
    let mut browser = Browser::open(&centre.hub.url, None);
    browser.calls_itself("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36");
    crate::browser::enter(&mut browser);
    browser.leads_on(|browser| browser.press("form[action='/my/order'] button"));
    crate::browser::looked_at(&mut browser, "pay-code");
    browser.go("/my/pay");
    for is_dark in [false, true] {
        browser.dark(is_dark);
        let shot = image::load_from_memory(&browser.shot()).unwrap().to_rgb8();
        let seen = Codes::One(b"weixin://wxpay/bizpayurl?pr=p4lpSuKzz".to_vec());
        assert_eq!(read::codes(&Luma::of(&shot)), seen, "the screen can be scanned");
    }
    browser.leads_on(|_| drop(centre.service.is_paid()));
    browser.until("location.pathname === '/my/rules'");
    browser.was_well_behaved();
}

#[test]
fn inside_wechat_one_press_hands_the_payment_to_the_app() {
    let centre = Centre::new(PaymentRule::BeforePhoto, true);
    let mut browser = Browser::open(&centre.hub.url, None);
    browser.calls_itself(IN_WECHAT);
    browser.has_before_scripts(
        "window.answers = ['cancel', 'ok'];
         window.WeixinJSBridge = { invoke: (what, request, told) => {
             window.handed = [what, request];
             setTimeout(() => told({ err_msg: what.replace(/[A-Z]/g, c => '_' + c.toLowerCase())
                 .replace('get_brand_w_c_pay_request', 'get_brand_wcpay_request') + ':' + answers.shift() }), 50);
         } };",
    );
    crate::browser::enter(&mut browser);
    browser.leads_on(|browser| browser.press("form[action='/my/order'] button"));
    browser.leads_on(|browser| browser.press("a[href='/my/pay']"));
    assert_eq!(browser.path(), "/my/pay", "signed in on the way");
    crate::browser::looked_at(&mut browser, "pay-wechat");
    browser.go("/my/pay");
    crate::browser::tab_to(&mut browser, "#till button");
    browser.key("Enter");
    browser.until("document.querySelector('#till .told').textContent.includes('还没有付款')");
    assert_eq!(browser.value("handed[0]"), "getBrandWCPayRequest");
    assert_eq!(browser.value("handed[1].signType + handed[1].appId"), "RSAwx0001");
    centre.service.is_paid();
    browser.leads_on(|browser| browser.press("#till button"));
    browser.until("location.pathname === '/my/rules'");
    browser.was_well_behaved_at(&[&centre.service.address]);
}
