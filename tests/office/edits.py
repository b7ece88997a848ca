"""What colleagues do to a plan of Lào Cai, as data: an operation, where, and what.

Every text of the draft is named by words that stand in it once. Words that people add begin
with "bổ-sung-", so that they can be looked for under the heading where they were written.
"""

# In the order in which they are done. `LibreOffice` can do all, `python-docx` those that its
# own functions offer.
EDITS = [
    # Beside what the second edition changes in the same paragraph.
    ("insert_after", "thực hiện chuyển đổi số toàn diện trong các bệnh viện", " bổ-sung-bệnh-viện"),
    # The very words that it changes: a conflict.
    ("replace", "tại các làng, xã, tổ dân phố", "tại các làng, bổ-sung-xóm, tổ dân phố"),
    # In the task that it withdraws.
    ("insert_after", "quy định chính sách thuê chuyên gia chuyển đổi số.", " bổ-sung-chuyên-gia"),
    # In the task that it moves.
    ("insert_after", "bảo đảm không gian trải nghiệm thiết thực, hiệu quả, bền vững.", " bổ-sung-thứ-bảy"),
    ("embolden", "trực tiếp trải nghiệm thực tế"),
    # In tasks that it leaves alone.
    ("add_paragraph_after", "Hướng dẫn thêm kỹ năng số cơ bản khác như sử dụng nền tảng số đặc thù của tỉnh Lào Cai.", "bổ-sung-đoạn-mới"),
    ("delete_paragraph", "Lập danh sách hộ nghèo, hộ cận nghèo để triển khai."),
    ("split", ", yêu cầu bảo đảm tốc độ mạng viễn thông di động."),
    ("join_with_next", "Bảo đảm tạo điều kiện thuận lợi cho phát triển mạng viễn thông tại các khu vực khó khăn."),
    ("move_paragraph", "Khuyến khích các cơ quan, tổ chức, doanh nghiệp sử dụng chữ ký số", "Ban hành các chính sách khuyến khích sử dụng chữ ký số."),
    # In a table.
    ("add_to_cell", "Ban hành chính sách cung cấp và sử dụng dịch vụ công trực tuyến toàn trình", " bổ-sung-ô"),
    ("add_row_after", "Cung cấp dữ liệu mở", "bổ-sung-dòng"),
    # Tracked by the colleague, and to stay so.
    ("track", True),
    ("insert_after", "phổ biến các câu chuyện, bài học, mô hình chuyển đổi số thành công.", " bổ-sung-theo-dõi"),
    ("track", False),
]

# What the body says then: two lines that were one, one that was two, one behind another, and one
# that is gone.
SPLIT = ", yêu cầu bảo đảm tốc độ mạng viễn thông di động."
JOINED = ("Bảo đảm tạo điều kiện thuận lợi cho phát triển mạng viễn thông tại các khu vực khó khăn.", "Phối hợp với Bộ Thông tin và Truyền thông thống kê các khu vực khó khăn")
MOVED = ("Ban hành các chính sách khuyến khích sử dụng chữ ký số.", "Khuyến khích các cơ quan, tổ chức, doanh nghiệp sử dụng chữ ký số")
DELETED = "Lập danh sách hộ nghèo, hộ cận nghèo để triển khai."

# The conflict: `--accept` keeps what people wrote and tells of the rest in a comment; who accepts
# all that is tracked takes khung's offer beside it, too.
CONFLICT = (" bổ-sung-xóm,", " bổ-sung-xóm bản,")

# The tasks that the second edition moves.
PLACED_ANEW = ["Không gian trải nghiệm sản phẩm, dịch vụ công nghệ số"]

# Those words and the title of the task below which they must be found.
PLACES = {
    "bổ-sung-bệnh-viện": "Phát triển cơ sở y tế số",
    "bổ-sung-xóm": "Phát triển làng số",
    "bổ-sung-chuyên-gia": "Ban hành chính sách thuê chuyên gia chuyển đổi số",
    "bổ-sung-thứ-bảy": "Không gian trải nghiệm sản phẩm, dịch vụ công nghệ số",
    "bổ-sung-đoạn-mới": "Triển khai tập huấn kỹ năng số cho người dân",
    "bổ-sung-theo-dõi": "Thiết lập các kênh truyền thông",
}

# Those words in a table, and what the row says, or the row above.
ROWS = {
    "bổ-sung-ô": "Ban hành chính sách cung cấp và sử dụng dịch vụ công trực tuyến toàn trình",
    "bổ-sung-dòng": "Cung cấp dữ liệu mở",
}
