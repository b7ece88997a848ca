//! The profile that `khung new` writes: a form in which every option stands with its default.
//!
//! Lines with `##` explain; lines with `#` are options, to be uncommented and filled in.

use std::fmt::Write;

use crate::catalog::agency::Agency;
use crate::catalog::{Catalog, Choice, DueDate, Task};
use crate::diagnostic::Diagnostic;
use crate::plan::Plan;
use crate::plan::citation::basis_text;
use crate::profile::Profile;
use crate::template::Templates;

/// The profile of an agency, all options commented out: it builds the plan of one line.
///
/// # Errors
/// What is wrong with the templates, which know the headings of Part I.
pub fn profile(
    catalog: &Catalog,
    templates: &Templates,
    agency: &Agency,
) -> Result<String, Diagnostic> {
    let plan = Plan::resolve(catalog, &Profile::default(), agency, None);
    let headings = templates.render(&plan)?.headings;
    let mut form = Form { text: String::new() };
    form.introduction(&plan, agency);
    form.agency(catalog, agency);
    form.issue(catalog, &plan, agency);
    form.bases(catalog, &plan, agency);
    form.part_one(&plan, &headings);
    form.targets(&plan);
    form.tasks(catalog, agency);
    form.closing(catalog, &plan);
    Ok(form.text)
}

struct Form {
    text: String,
}

impl Form {
    fn introduction(&mut self, plan: &Plan, agency: &Agency) {
        self.note(&format!(
            "Hồ sơ kế hoạch chuyển đổi số năm {} của {}.",
            plan.year, plan.agency.running
        ));
        self.note("");
        self.note("CÁCH DÙNG");
        self.note("- Dòng có hai dấu thăng (##) là lời giải thích: để nguyên.");
        self.note(
            "- Dòng có một dấu thăng (#) là chỗ điền: bỏ dấu # ở đầu dòng rồi sửa nội dung giữa \
             hai dấu nháy. Chỗ nào không dùng thì để nguyên.",
        );
        self.note(
            "- Tiêu đề trong ngoặc vuông, như [[target]], phải bỏ dấu # trước các dòng của nó.",
        );
        self.note(
            "- Trong phần VĂN BẢN và NGƯỜI KÝ, nội dung ghi sẵn là nội dung kế hoạch dùng khi không \
             sửa gì. Ở các phần sau, hai dấu nháy trống (\"\") nghĩa là kế hoạch để lại chỗ \
             [CẦN BỔ SUNG: …] để điền sau, trong hồ sơ này hoặc ngay trong Word.",
        );
        self.note(
            "- Danh sách nằm trong ngoặc vuông, mỗi đoạn hoặc mỗi tên một cặp dấu nháy, cách nhau \
             bằng dấu phẩy: [\"đoạn một\", \"đoạn hai\"].",
        );
        self.note(
            "- Trong nội dung, dấu nháy kép viết thành \\\" và dấu \\ viết thành \\\\.",
        );
        self.note(&format!(
            "- Ngày viết theo thứ tự năm-tháng-ngày, không có dấu nháy: {}-06-30. Tiền tính theo \
             triệu đồng: \"1.234,5\".",
            plan.year
        ));
        self.note(
            "- Mục có hai cặp ngoặc vuông, như [[target]], viết lại được nhiều lần, mỗi lần một \
             dòng trong bảng. Mỗi lần cần một mã (id) riêng, đặt rồi thì giữ nguyên: chữ thường \
             không dấu, chữ số, dấu gạch nối, tối đa 24 ký tự.",
        );
        self.note(&format!("- Điền xong, chạy lệnh: khung build {}.toml", agency.id));
    }

    fn agency(&mut self, catalog: &Catalog, agency: &Agency) {
        self.section("CƠ QUAN");
        self.line(&format!("agency = {}", quoted(&agency.name)));
        self.gap();
        self.note(
            "Lời hướng dẫn của công văn: \"inline\" – thành đoạn riêng trong văn bản; \
             \"comments\" – thành bình luận bên lề trong Word; \"none\" – không ghi.",
        );
        self.text("guidance", "inline");
        self.note("Dòng chữ in ở đầu mọi trang, ví dụ \"DỰ THẢO\":");
        self.text("banner", "");
        self.gap();
        self.note(
            "Chỉ khi cơ quan không có trong danh sách của khung: xóa dòng agency ở trên và bỏ dấu # \
             ở các dòng sau. Bắt buộc có name và kind; dòng nào để nguyên thì lấy theo loại cơ quan.",
        );
        self.note("Loại cơ quan (kind):");
        for kind in &catalog.kinds {
            if let (Some(id), Some(label)) = (&kind.id, &kind.label) {
                self.note(&format!("  \"{}\" – {label}", id.get_ref()));
            }
        }
        self.note(
            "name: tên; full_name: tên đầy đủ; running: tên giữa câu; issuer: cơ quan ban hành; \
             short: tên gọi tắt; level: cấp; header: các dòng góc trái trên cùng; place: nơi ban \
             hành; symbol: ký hiệu; authority: dòng thay mặt (TM.); head, deputy: chức vụ cấp \
             trưởng, cấp phó; recipients: nơi nhận; archive: nơi lưu.",
        );
        self.option("[agency]");
        for (key, value) in [
            ("name", &agency.name),
            ("kind", &agency.kind),
            ("full_name", &agency.full_name),
            ("running", &agency.running),
            ("issuer", &agency.issuer),
            ("short", &agency.short),
            ("level", &agency.level),
            ("place", &agency.place),
            ("symbol", &agency.symbol),
            ("head", &agency.head),
            ("deputy", &agency.deputy),
            ("archive", &agency.archive),
        ] {
            self.text(key, value);
        }
        self.text("authority", agency.authority.as_deref().unwrap_or_default());
        self.list("header", &agency.header);
        self.list("recipients", &agency.recipients);
    }

    fn issue(&mut self, catalog: &Catalog, plan: &Plan, agency: &Agency) {
        let due = catalog.due.map(DueDate::last).or(catalog.dispatch.date);
        let day = due.unwrap_or_default();
        let number = &plan.letterhead.number;
        let symbol = number.split_once('/').map_or("", |(_, symbol)| symbol);
        self.section("VĂN BẢN");
        self.line("[issue]");
        self.note(
            "\"plan\" – Kế hoạch; \"decision\" – Kế hoạch ban hành kèm theo Quyết định.",
        );
        self.text("form", "plan");
        self.note("Số của văn bản, ví dụ \"05\".");
        self.text("number", "");
        self.note("Ngày ban hành; để nguyên thì kế hoạch chừa chỗ ghi ngày.");
        self.option(&format!("date = {day}"));
        self.note("Ký hiệu sau số (kèm theo Quyết định thì bắt đầu bằng QĐ).");
        self.text("symbol", symbol);
        self.note("Nơi ban hành.");
        self.text("place", &agency.place);
        self.note("Tên cơ quan ở góc trái trên cùng, mỗi dòng một cặp dấu nháy.");
        self.list("header", &plan.letterhead.header);
        self.note("Trích yếu.");
        self.text("subject", &plan.letterhead.subject);
        self.note("Đoạn mở đầu, sau các căn cứ.");
        self.list("preamble", &plan.preamble);
        self.note("Nơi nhận, không kèm dấu gạch đầu dòng và dấu chấm phẩy.");
        self.list("recipients", &agency.recipients);
        self.note("Nơi lưu, sau chữ \"Lưu:\".");
        self.text("archive", &agency.archive);

        self.section("NGƯỜI KÝ");
        self.line("[signatory]");
        self.note("Họ và tên, không kèm học hàm, học vị.");
        self.text("name", "");
        self.note(
            "\"head\" – cấp trưởng ký; \"acting\" – người được giao quyền cấp trưởng ký (Q.); \
             \"deputy\" – cấp phó ký thay (KT.).",
        );
        self.text("role", "head");
        if agency.authority.is_some() {
            self.note("Người đứng đầu ký với thẩm quyền của mình, không thay mặt (TM.) tập thể.");
            self.option("alone = true");
        }
        self.note("Các dòng trên chữ ký, khi khác thông lệ.");
        self.list("lines", &plan.signature.lines);

        self.section("QUYẾT ĐỊNH (khi form là \"decision\")");
        self.line("[decision]");
        let said = &agency.decision;
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        self.note("Thẩm quyền ban hành.");
        self.text("authority", &text(&said.authority));
        self.note(
            "Căn cứ ban hành Quyết định, không viết chữ \"Căn cứ\"; văn bản có trong danh mục thì chỉ \
             ghi số.",
        );
        self.list("bases", said.bases.as_deref().unwrap_or_default());
        self.note("Người đề nghị và Tờ trình, sau chữ \"Theo đề nghị của\".");
        self.text("proposal", &text(&said.proposal));
        self.note("Người chịu trách nhiệm thi hành, nêu tại Điều 3.");
        self.text("executors", &text(&said.executors));
    }

    fn bases(&mut self, catalog: &Catalog, plan: &Plan, agency: &Agency) {
        self.section("CĂN CỨ");
        self.note(
            "Các căn cứ của công văn đã có sẵn trong kế hoạch. Mục có mã dưới đây điền một căn cứ \
             mà công văn để ngỏ.",
        );
        for document in &catalog.documents {
            let line = plan.bases.iter().find(|line| line.id == document.id);
            if let (Some(line), Some(_)) = (line, &document.slot) {
                self.entry("basis", &document.id);
                self.text("text", &line.text);
                self.gap();
            } else if document.later
                && (document.only.is_empty() || document.only.contains(&agency.tasks))
            {
                self.note("Nêu khi đã được ban hành:");
                self.entry("basis", &document.id);
                self.text("text", &basis_text(document));
                self.gap();
            }
        }
        let is_whole =
            |id: &str| catalog.document(id).is_some_and(|known| known.slot.is_none());
        if let Some(line) = plan.bases.iter().find(|line| is_whole(&line.id)) {
            self.note("Không nêu một căn cứ của công văn, theo số của văn bản:");
            self.entry("basis", &line.id);
            self.option("omit = true");
            self.gap();
        }
        self.note("Căn cứ riêng của cơ quan: mã tự đặt, tới 60 ký tự. Không viết chữ \"Căn cứ\".");
        self.entry("basis", "ke-hoach-5-nam");
        self.text(
            "text",
            &format!("Kế hoạch 5 năm về chuyển đổi số của {}", agency.running),
        );
    }

    fn part_one(&mut self, plan: &Plan, headings: &[(String, String)]) {
        self.section(&format!("KẾT QUẢ NĂM {}", plan.last_year));
        self.line("[review]");
        for (key, meaning) in [
            ("progress", "Mức độ hoàn thành mục tiêu theo Kế hoạch 5 năm."),
            ("difficulties", "Khó khăn, hạn chế."),
            ("effects", "Hiệu quả về kinh tế - xã hội."),
            ("proposals", "Đề xuất giải pháp."),
            ("funding", "Tình hình bố trí kinh phí."),
        ] {
            self.note(meaning);
            self.empty_list(key);
        }
        self.note(
            "Tỷ lệ chi cho công nghệ thông tin trên tổng chi ngân sách, ví dụ \"1,2%\".",
        );
        self.text("it_share", "");

        self.gap();
        self.note(&format!(
            "Mục tiêu năm {}: chỉ tiêu (indicator), kế hoạch (planned), kết quả (achieved), đánh \
             giá (verdict) là \"Đạt\", \"Vượt\" hoặc \"Không đạt\".",
            plan.last_year
        ));
        self.entry("past_target", "ho-so-truc-tuyen");
        self.text("indicator", "Tỷ lệ hồ sơ giải quyết trực tuyến");
        self.texts(&["planned", "achieved", "verdict"]);

        self.gap();
        self.note(
            "Kết quả đạt được (achieved) và tồn tại, hạn chế (shortcomings) theo đề mục.",
        );
        for (id, title) in headings {
            self.gap();
            self.note(title);
            self.line("[[result]]");
            self.line(&format!("heading = {}", quoted(id)));
            self.empty_list("achieved");
            self.empty_list("shortcomings");
        }
        for (key, id, what, total) in [
            ("past_project", "trung-tam-du-lieu", "Dự án đầu tư công", "tổng mức đầu tư"),
            (
                "past_expense",
                "duy-tri-he-thong",
                "Nhiệm vụ chi thường xuyên",
                "dự toán được duyệt",
            ),
        ] {
            self.gap();
            self.note(&format!(
                "{what} năm {}: tên (name), mục tiêu (goal), nội dung (content), {total} (total), \
                 đã chi (spent), nguồn vốn (source), thời gian thực hiện (period), hiện trạng (state).",
                plan.last_year
            ));
            self.entry(key, id);
            self.text("name", what);
            self.texts(&[
                "goal", "content", "total", "spent", "source", "period", "state",
            ]);
        }
    }

    fn targets(&mut self, plan: &Plan) {
        self.section(&format!("MỤC TIÊU NĂM {}", plan.year));
        self.note(
            "Chỉ tiêu (indicator), mức phấn đấu (planned), đơn vị theo dõi (lead).",
        );
        self.entry("target", "ho-so-truc-tuyen");
        self.text("indicator", "Tỷ lệ hồ sơ giải quyết trực tuyến");
        self.texts(&["planned", "lead"]);
    }

    fn tasks(&mut self, catalog: &Catalog, agency: &Agency) {
        let Some(annex) = catalog.annex(agency) else { return };
        self.section(&format!("NHIỆM VỤ THEO {}", annex.name.to_uppercase()));
        self.note("Mỗi nhiệm vụ dưới đây đã có trong kế hoạch. Các chỗ điền:");
        for meaning in [
            "choices: lựa chọn mà công văn để cơ quan quyết định; điền mã phương án, để trống là \
             chưa chọn",
            "lead: đơn vị chủ trì; ghi sẵn đơn vị gợi ý, bỏ dấu # là xác nhận",
            "partners: các đơn vị phối hợp",
            "product: sản phẩm, kết quả cụ thể",
            "actions: việc làm thêm ngoài nội dung có sẵn, mỗi việc một câu",
            "goal, scale: mục tiêu, quy mô (bảng danh mục nhiệm vụ, dự án)",
            "budget, source: dự kiến kinh phí (triệu đồng), nguồn vốn",
            "status: \"new\" – mới; \"carried-over\" – chuyển tiếp",
            "deadline: thời hạn của cơ quan; kế hoạch in thay cho thời hạn của công văn",
        ] {
            self.note(&format!("  {meaning}"));
        }
        for task in &annex.tasks {
            self.task(catalog, agency, &task.filled(agency));
        }
        let last = annex.tasks.last().map_or("", |task| task.id.as_str());
        self.section("NHIỆM VỤ KHÁC");
        self.note(
            "Nhiệm vụ không đưa vào kế hoạch, kèm lý do (reason). Xóa mục [[task]] của nhiệm vụ đó \
             ở trên.",
        );
        self.option("[[left_out]]");
        self.text("task", last);
        self.text("reason", "Không thuộc phạm vi của cơ quan");
        self.gap();
        self.note("Nhiệm vụ riêng của cơ quan, xếp vào một nhóm (section):");
        for section in &catalog.sections {
            self.note(&format!("  \"{}\" – {}", section.id, section.title));
        }
        self.entry("own_task", "nhiem-vu-rieng");
        let section = catalog.sections.first().map_or("", |section| section.id.as_str());
        self.text("section", section);
        self.text("title", "Tên nhiệm vụ riêng");
        self.text("lead", "");
        self.details(&format!("{}-12-31", catalog.year));
    }

    fn task(&mut self, catalog: &Catalog, agency: &Agency, task: &Task) {
        let printed: Vec<&str> =
            task.deadlines.iter().map(|deadline| deadline.printed.as_str()).collect();
        let due = if printed.is_empty() {
            "không nêu".to_owned()
        } else {
            printed.join("; ")
        };
        self.gap();
        let source =
            task.source.as_ref().map_or_else(String::new, |one| format!(" {one}"));
        self.note(&format!("{} ({}{source}). Thời hạn: {due}.", task.title, task.cite));
        self.line("[[task]]");
        self.line(&format!("id = {}", quoted(&task.id)));
        for choice in &task.choices {
            self.choice(choice);
        }
        self.text("lead", &agency.fill(&task.lead));
        let ends = task.deadlines.iter().flat_map(|d| d.entries(catalog.year));
        let last = ends.filter_map(|entry| entry.ends).max();
        let last = last.map_or(format!("{}-12-31", catalog.year), |day| day.to_string());
        self.details(&last);
    }

    fn choice(&mut self, choice: &Choice) {
        let count = match choice {
            Choice { all: true, .. } => "cần chọn đủ",
            Choice { multiple: true, .. } => "được chọn nhiều",
            _ => "chọn một",
        };
        self.note(&format!("Lựa chọn ({count}) – {}:", choice.prompt));
        for option in &choice.options {
            self.note(&format!("  \"{}\" – {}", option.id, option.label));
        }
        let key = format!("choices.{}", choice.id);
        match choice.default.as_slice() {
            [] if choice.multiple => self.empty_list(&key),
            [] => self.text(&key, ""),
            [one] if !choice.multiple => self.text(&key, one),
            several => {
                let ids: Vec<String> = several.iter().map(|id| quoted(id)).collect();
                self.option(&format!("{key} = [{}]", ids.join(", ")));
            }
        }
    }

    /// What a task of the catalogue and an own one may both say, after the lead unit.
    fn details(&mut self, deadline: &str) {
        self.empty_list("partners");
        self.text("product", "");
        self.empty_list("actions");
        self.texts(&["goal", "scale", "budget", "source", "status"]);
        self.option(&format!("deadline = {deadline}"));
    }

    fn closing(&mut self, catalog: &Catalog, plan: &Plan) {
        self.section("GIẢI PHÁP, KINH PHÍ, TỔ CHỨC THỰC HIỆN, DỰ ÁN");
        self.line("[solutions]");
        for head in &catalog.solutions {
            self.note(&format!("{}.", head.title));
            self.empty_list(&head.id);
        }
        self.gap();
        self.line("[funding]");
        self.note("Nguồn kinh phí. Tổng kinh phí tự cộng từ các nhiệm vụ và dự án.");
        self.empty_list("sources");
        self.gap();
        self.note(
            "Trách nhiệm của một cơ quan, đơn vị (unit), ngoài các nhiệm vụ chủ trì, phối hợp ở trên.",
        );
        self.option("[[duty]]");
        self.text("unit", "Đơn vị phụ trách tài chính");
        self.option("duties = [\"Bố trí kinh phí thực hiện Kế hoạch.\"]");
        self.gap();
        self.note(&format!(
            "Dự án năm {}: tên (name), nội dung (content), thời gian triển khai (period), đơn vị chủ \
             trì (lead), mục tiêu (goal), quy mô (scale), dự kiến kinh phí (budget), nguồn vốn (source), \
             \"new\" – mới hay \"carried-over\" – chuyển tiếp (status).",
            plan.year
        ));
        self.entry("project", "kho-du-lieu");
        self.text("name", "Kho dữ liệu dùng chung");
        self.texts(&[
            "content", "period", "lead", "goal", "scale", "budget", "source", "status",
        ]);
    }

    fn section(&mut self, title: &str) {
        let rule = "=".repeat(77);
        let _ = write!(self.text, "\n## {rule}\n## {title}\n## {rule}\n\n");
    }

    /// Explains, in lines that fit a window.
    fn note(&mut self, text: &str) {
        let indent = &text[..text.len() - text.trim_start().len()];
        let mut line = format!("##{}", if text.is_empty() { "" } else { " " }) + indent;
        let mut width = 0;
        for word in text.split_whitespace() {
            let length = word.chars().count() + 1;
            if width > 0 && width + length > 90 {
                let _ = writeln!(self.text, "{}", line.trim_end());
                line = format!("##   {indent}");
                width = 0;
            }
            line += word;
            line.push(' ');
            width += length;
        }
        let _ = writeln!(self.text, "{}", line.trim_end());
    }

    fn gap(&mut self) {
        self.text.push('\n');
    }

    /// A line that counts as it stands.
    fn line(&mut self, text: &str) {
        let _ = writeln!(self.text, "{text}");
    }

    /// A line that counts once it is uncommented.
    fn option(&mut self, text: &str) {
        let _ = writeln!(self.text, "# {text}");
    }

    fn text(&mut self, key: &str, value: &str) {
        self.option(&format!("{key} = {}", quoted(value)));
    }

    fn texts(&mut self, keys: &[&str]) {
        for key in keys {
            self.text(key, "");
        }
    }

    fn list(&mut self, key: &str, values: &[String]) {
        self.option(&format!("{key} = ["));
        for value in values {
            self.option(&format!("    {},", quoted(value)));
        }
        self.option("]");
    }

    fn empty_list(&mut self, key: &str) {
        self.option(&format!("{key} = [\"\"]"));
    }

    fn entry(&mut self, key: &str, id: &str) {
        self.option(&format!("[[{key}]]"));
        self.text("id", id);
    }
}

/// A TOML string on one line.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
