//! A list of people in the window: read, mapped by hand where a header is unknown, imported, photos matched.

use egui::accesskit::Role;

use super::{Place, WINDOW, click, fill, has, open_when_free, shows, wait_for, wait_until};
use photodesk::workflow::roster;

const LIST: &str = "姓名,身份证号,学籍\n吴小兰,11010519491231002X,0012345\n赵一,110105194912310021,0012346\n";

#[test]
fn a_list_is_looked_at_mapped_and_imported() {
    let place = Place::new();
    let code = place.batch();
    let path = place.path("list.csv");
    std::fs::write(&path, LIST).unwrap();
    let mut window = place.window(WINDOW);
    wait_for(&mut window, "这个批次还没有照片");
    click(&mut window, Role::Button, "导入照片");
    click(&mut window, Role::Button, "导入名单");
    wait_for(&mut window, "还没有选择名单");
    fill(&mut window, "或粘贴名单文件的路径", path.to_str().unwrap());
    click(&mut window, Role::Button, "读取");
    wait_for(&mut window, "1 人可以导入");
    assert!(shows(&window, "B3 · 证件号") && shows(&window, "校验码与其他数字不符"));
    assert!(shows(&window, "吴*兰") && !shows(&window, "吴小兰"), "the preview is masked");
    assert!(!shows(&window, "11010519491231002X"));
    click(&mut window, Role::ComboBox, "C 列的内容");
    click(&mut window, Role::Button, "学号");
    wait_until(&mut window, "the column", |window| has(window, Role::ComboBox, "C 列的内容"));
    click(&mut window, Role::Button, "导入 1 人");
    wait_for(&mut window, "名单已处理：共 2 行");
    assert!(shows(&window, "1 人新加入") && shows(&window, "1 行不能导入"));
    assert!(shows(&window, "1 人中 1 人还没有照片"));
    click(&mut window, Role::Button, "关闭");
    drop(window);
    let people = roster::people(&open_when_free(&place), &code).unwrap();
    assert_eq!((people.len(), people[0].subject.last_four.as_str(), people[0].photos), (1, "002X", 0));
}

#[test]
fn photos_that_match_nobody_are_counted() {
    let place = Place::new();
    let code = place.batch();
    let path = place.path("list.csv");
    std::fs::write(&path, "姓名,学号\n吴小兰,0012345\n").unwrap();
    roster::import(&place.open(), &code, &roster::open(&path).unwrap()).unwrap();
    let folder = place.path("in");
    std::fs::create_dir_all(&folder).unwrap();
    // Whose it is is a matter of its name alone.
    let picture = image::RgbImage::from_fn(400, 500, |x, y| image::Rgb([40, (x / 2) as u8, (y / 2) as u8]));
    picture.save(folder.join("IMG_0042.png")).unwrap();
    let mut window = place.window(WINDOW);
    wait_for(&mut window, "这个批次还没有照片");
    window.input_mut().dropped_files.push(std::sync::Arc::new(super::Dropped(folder)));
    click(&mut window, Role::Button, "导入 1 项");
    wait_for(&mut window, "导入完成：共 1 个文件");
    assert!(shows(&window, "1 张没有对应到名单上的人"));
}
