//! Results of an update that must be refused, and what is right in the same case.

use super::{Frame, proves};
use crate::markdown::parse;
use crate::merge::Renames;
use crate::update::UpdateError;

const BASE: &str = "\
<!-- khung: past -->
### II. KẾT QUẢ

<!-- khung: past-security -->
#### 1. An toàn thông tin

- Đã đạt.

<!-- khung: tasks -->
### III. NHIỆM VỤ

<!-- khung: group-institutions -->
#### 2. Thể chế số

<!-- khung: task-sme -->
##### 2.1. Hỗ trợ doanh nghiệp

- Ban hành chính sách.

<!-- khung: task-experts -->
##### 2.2. Thuê chuyên gia

- Ban hành cơ chế.

<!-- khung: other-institutions -->
Nhiệm vụ khác: \\[CẦN BỔ SUNG: việc\\].

<!-- khung: group-people -->
#### 6. Nhân lực số

<!-- khung: task-training -->
##### 6.1. Bồi dưỡng kỹ năng

- Thời hạn: 30/5/2024.

<!-- khung: task-space -->
##### 6.2. Không gian trải nghiệm

- Bố trí không gian.

<!-- khung: other-people -->
Nhiệm vụ khác: \\[CẦN BỔ SUNG: việc\\].

<!-- khung: group-security -->
#### 7. An toàn thông tin

<!-- khung: task-audit -->
##### 7.1. Kiểm tra hệ thống

- Kiểm tra hằng quý.

<!-- khung: group-society -->
#### 10. Xã hội số

<!-- khung: task-villages -->
##### 10.1. Làng số

- Phổ biến cho người dân.

<!-- khung: annex-3 -->
## Phụ lục III<br>DANH MỤC

| STT | Nhiệm vụ | Kinh phí | Thời hạn |
| --- | -------- | -------- | -------- |
| 1 | Bồi dưỡng kỹ năng | \\[CẦN BỔ SUNG: tiền\\] | 30/5/2024 |
";

/// Tasks 2.1 and 6.2 move to group 10, 2.2 is withdrawn, 10.4 is new, 6.1 gets another date.
const FRESH: &str = "\
<!-- khung: past -->
### II. KẾT QUẢ

<!-- khung: past-security -->
#### 1. An toàn thông tin

- Đã đạt.

<!-- khung: tasks -->
### III. NHIỆM VỤ

<!-- khung: group-institutions -->
#### 2. Thể chế số

<!-- khung: other-institutions -->
Nhiệm vụ khác: \\[CẦN BỔ SUNG: việc\\].

<!-- khung: group-people -->
#### 6. Nhân lực số

<!-- khung: task-training -->
##### 6.1. Bồi dưỡng kỹ năng

- Thời hạn: 30/6/2024.

<!-- khung: other-people -->
Nhiệm vụ khác: \\[CẦN BỔ SUNG: việc\\].

<!-- khung: group-security -->
#### 7. An toàn thông tin

<!-- khung: task-audit -->
##### 7.1. Kiểm tra hệ thống

- Kiểm tra hằng quý.

<!-- khung: group-society -->
#### 10. Xã hội số

<!-- khung: task-villages -->
##### 10.1. Làng số

- Phổ biến cho người dân.

<!-- khung: task-sme -->
##### 10.2. Hỗ trợ doanh nghiệp

- Ban hành chính sách.

<!-- khung: task-space -->
##### 10.3. Không gian trải nghiệm

- Bố trí không gian.

<!-- khung: task-scams -->
##### 10.4. Cảnh báo lừa đảo

- Cảnh báo người dân.

<!-- khung: annex-3 -->
## Phụ lục III<br>DANH MỤC

| STT | Nhiệm vụ | Kinh phí | Thời hạn |
| --- | -------- | -------- | -------- |
| 1 | Bồi dưỡng kỹ năng | \\[CẦN BỔ SUNG: tiền\\] | 30/6/2024 |
";

/// What to put in the place of what.
type Edit = (&'static str, &'static str);

fn edited(text: &str, edits: &[Edit]) -> String {
    edits.iter().fold(text.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1)
    })
}

/// What the proof says of an update: `before` is what people made of BASE, `after` what has
/// been made of FRESH.
fn said(before: &[Edit], after: &[Edit]) -> String {
    let read = |text: &str| parse(text).unwrap();
    let frame = Frame::new(&read(BASE), &read(FRESH), &Renames::default());
    let [before, after] = [edited(BASE, before), edited(FRESH, after)];
    match proves(&frame, &read(&before), &read(&after)) {
        Ok(()) => String::new(),
        Err(UpdateError::Strayed(what)) => what,
        Err(error) => panic!("{error}"),
    }
}

const OTHER_PEOPLE: &str = "<!-- khung: other-people -->";
const BEHIND_SPACE: &str = "- Bố trí không gian.\n";

/// Name; what people do; what is right then; what is wrong, and what is said of that.
type Case =
    (&'static str, &'static [Edit], &'static [Edit], &'static [Edit], &'static str);

const CASES: [Case; 13] = [
    (
        "nothing: the order of the groups",
        &[],
        &[],
        &[
            ("#### 6. Nhân lực số", "#### 7. An toàn thông tin"),
            (
                "#### 7. An toàn thông tin\n\n<!-- khung: task-audit",
                "#### 6. Nhân lực số\n\n<!-- khung: task-audit",
            ),
        ],
        "mục \"Bồi dưỡng kỹ năng\" sang mục khác",
    ),
    (
        "an own task goes with the one above it",
        &[(
            OTHER_PEOPLE,
            "##### 6.3. Trung tâm đào tạo\n\nThành lập.\n\n<!-- khung: other-people -->",
        )],
        &[(
            OTHER_PEOPLE,
            "##### 6.3. Trung tâm đào tạo\n\nThành lập.\n\n<!-- khung: other-people -->",
        )],
        &[(
            BEHIND_SPACE,
            "- Bố trí không gian.\n\n##### 6.3. Trung tâm đào tạo\n\nThành lập.\n",
        )],
        "mục \"Trung tâm đào tạo\" sang mục khác",
    ),
    (
        "an own task that is set as running text",
        &[(
            OTHER_PEOPLE,
            "6.3. Trung tâm đào tạo\n\nThành lập.\n\n<!-- khung: other-people -->",
        )],
        &[(
            OTHER_PEOPLE,
            "6.3. Trung tâm đào tạo\n\nThành lập.\n\n<!-- khung: other-people -->",
        )],
        &[(
            BEHIND_SPACE,
            "- Bố trí không gian.\n\n6.3. Trung tâm đào tạo\n\nThành lập.\n",
        )],
        "mục \"Trung tâm đào tạo\" sang mục khác",
    ),
    (
        "a group goes to the end of another one, its task stays",
        &[],
        &[],
        &[
            ("<!-- khung: group-security -->\n#### 7. An toàn thông tin\n\n", ""),
            (
                "- Cảnh báo người dân.\n",
                "- Cảnh báo người dân.\n\n#### 7. An toàn thông tin\n",
            ),
        ],
        "mục \"Kiểm tra hệ thống\" sang mục khác",
    ),
    (
        "a withdrawn task that people wrote in goes with the one above it",
        &[("- Ban hành cơ chế.", "- Ban hành cơ chế, thuê Viettel.")],
        &[(
            "<!-- khung: other-institutions -->",
            "##### 2.2. Thuê chuyên gia\n\n- Ban hành cơ chế, thuê Viettel.\n\n<!-- khung: other-institutions -->",
        )],
        &[(
            "<!-- khung: task-space -->",
            "##### 2.2. Thuê chuyên gia\n\n- Ban hành cơ chế, thuê Viettel.\n\n<!-- khung: task-space -->",
        )],
        "mục \"Thuê chuyên gia\" sang mục khác",
    ),
    (
        "words in a task that moves stay behind",
        &[(BEHIND_SPACE, "- Bố trí không gian.\n- Làm ở Sa Pa.\n")],
        &[(BEHIND_SPACE, "- Bố trí không gian.\n- Làm ở Sa Pa.\n")],
        &[("- Thời hạn: 30/6/2024.", "- Thời hạn: 30/6/2024.\n- Làm ở Sa Pa.")],
        "\"Làm\" sang mục khác",
    ),
    (
        "a rewritten date comes into another task",
        &[("- Thời hạn: 30/5/2024.", "- Xong trước 15/5/2024.")],
        &[("- Thời hạn: 30/6/2024.", "- Xong trước 15/5/2024.")],
        &[("- Kiểm tra hằng quý.", "- Kiểm tra hằng quý.\n- Xong trước 15/5/2024.")],
        "\"15/5/2024\" sang mục khác",
    ),
    (
        "the words behind the agency's own tasks come into another group",
        &[(
            "việc\\].\n\n<!-- khung: group-sec",
            "việc\\].\n\nMở lớp ở Bắc Hà.\n\n<!-- khung: group-sec",
        )],
        &[(
            "việc\\].\n\n<!-- khung: group-sec",
            "việc\\].\n\nMở lớp ở Bắc Hà.\n\n<!-- khung: group-sec",
        )],
        &[(
            "việc\\].\n\n<!-- khung: group-peo",
            "việc\\].\n\nMở lớp ở Bắc Hà.\n\n<!-- khung: group-peo",
        )],
        "\"Bắc\" sang mục khác",
    ),
    (
        "two columns have changed places",
        &[
            ("| Kinh phí | Thời hạn |", "| Thời hạn | Kinh phí |"),
            ("\\[CẦN BỔ SUNG: tiền\\] | 30/5/2024", "15/5/2024 | 500"),
        ],
        &[
            ("| Kinh phí | Thời hạn |", "| Thời hạn | Kinh phí |"),
            ("\\[CẦN BỔ SUNG: tiền\\] | 30/6/2024", "15/5/2024 | 500"),
        ],
        &[("\\[CẦN BỔ SUNG: tiền\\] | 30/6/2024", "15/5/2024 | 500")],
        "\"15/5/2024\" sang cột khác",
    ),
    (
        "a new task that a colleague's copy brought comes once more",
        &[(
            "<!-- khung: annex-3",
            "##### 10.2. Cảnh báo lừa đảo\n\n- Cảnh báo người dân.\n\n<!-- khung: annex-3",
        )],
        &[],
        &[(
            "<!-- khung: annex-3",
            "##### 10.5. Cảnh báo lừa đảo\n\n- Cảnh báo người dân.\n\n<!-- khung: annex-3",
        )],
        "mục \"Cảnh báo lừa đảo\" thêm lần nữa",
    ),
    (
        "tasks of a group in another order than before and in the frame",
        &[(
            "<!-- khung: annex-3",
            "##### 10.2. Cảnh báo lừa đảo\n\n- Cảnh báo người dân.\n\n<!-- khung: annex-3",
        )],
        &[],
        &[
            ("##### 10.1. Làng số", "##### 10.1. Cảnh báo lừa đảo"),
            ("##### 10.4. Cảnh báo lừa đảo", "##### 10.4. Làng số"),
        ],
        "mục \"Cảnh báo lừa đảo\" lên trước \"Hỗ trợ doanh nghiệp\"",
    ),
    (
        "a heading is gone",
        &[],
        &[],
        &[("##### 6.1. Bồi dưỡng kỹ năng\n\n", "")],
        "mất mục \"Bồi dưỡng kỹ năng\"",
    ),
    (
        "people called a task that moves otherwise, numbered by hand and deleted another",
        &[
            ("##### 6.2. Không gian trải nghiệm", "##### 6.3. Không gian số của tỉnh"),
            (
                "##### 6.1. Bồi dưỡng kỹ năng\n\n",
                "##### 6.2. Bồi dưỡng kỹ năng\n\nHọc ở Mường Khương.\n\n",
            ),
            ("##### 10.1. Làng số\n\n- Phổ biến cho người dân.\n", ""),
        ],
        &[
            ("##### 10.3. Không gian trải nghiệm", "##### 10.3. Không gian số của tỉnh"),
            (
                "##### 6.1. Bồi dưỡng kỹ năng\n\n",
                "##### 6.2. Bồi dưỡng kỹ năng\n\nHọc ở Mường Khương.\n\n",
            ),
            ("##### 10.1. Làng số\n\n- Phổ biến cho người dân.\n", ""),
        ],
        &[("##### 6.1. Bồi dưỡng kỹ năng\n\n", "")],
        "mất mục \"Bồi dưỡng kỹ năng\"",
    ),
];

#[test]
fn what_strays_is_refused() {
    for (name, before, right, wrong, says) in CASES {
        assert_eq!(said(before, right), "", "{name}");
        assert_eq!(said(before, wrong), says, "{name}");
    }
}
