"""LibreOffice without a window, spoken to over UNO: opens, edits and saves documents."""

import subprocess
import time
from pathlib import Path

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException
from com.sun.star.text.ControlCharacter import PARAGRAPH_BREAK

DOCX = "MS Word 2007 XML"
ODT = "writer8"


def properties(**values):
    made = []
    for name, value in values.items():
        one = PropertyValue()
        one.Name, one.Value = name, value
        made.append(one)
    return tuple(made)


class Office:
    """A running LibreOffice; use as a context."""

    def __init__(self, home: Path):
        pipe = f"khung{home.name}"
        self.process = subprocess.Popen(
            [
                "soffice", f"-env:UserInstallation={home.as_uri()}", "--headless", "--norestore",
                f"--accept=pipe,name={pipe};urp;",
            ],
            stderr=subprocess.DEVNULL,
        )
        local = uno.getComponentContext()
        resolver = local.ServiceManager.createInstanceWithContext(
            "com.sun.star.bridge.UnoUrlResolver", local
        )
        address = f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext"
        for _ in range(240):
            try:
                self.context = resolver.resolve(address)
                break
            except NoConnectException:
                time.sleep(0.5)
        self.desktop = self._make("com.sun.star.frame.Desktop")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            self.desktop.terminate()
            self.process.wait(30)
        finally:
            self.process.kill()

    def _make(self, name):
        return self.context.ServiceManager.createInstanceWithContext(name, self.context)

    def open(self, path: Path):
        return Writer(self, self.desktop.loadComponentFromURL(
            path.resolve().as_uri(), "_blank", 0, properties(Hidden=True)
        ))


class Writer:
    """An open document; use as a context."""

    def __init__(self, office, document):
        self.office, self.document = office, document

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.document.close(True)

    def save(self, path: Path, form=DOCX):
        self.document.storeToURL(path.resolve().as_uri(), properties(FilterName=form))

    def command(self, name):
        dispatcher = self.office._make("com.sun.star.frame.DispatchHelper")
        frame = self.document.CurrentController.Frame
        dispatcher.executeDispatch(frame, f".uno:{name}", "", 0, ())

    def lines(self):
        """What the body says: a line a paragraph; a row of a table is one, its cells apart."""
        lines = []
        for block in every(self.document.Text):
            if not block.supportsService("com.sun.star.text.TextTable"):
                lines.append(block.String)
                continue
            cells = {name: block.getCellByName(name).String for name in block.CellNames}
            rows = {}
            for name, text in cells.items():
                rows.setdefault(int(name.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")), []).append(text)
            lines += [" | ".join(rows[row]) for row in sorted(rows)]
        return lines

    def find(self, text):
        search = self.document.createSearchDescriptor()
        search.SearchString = text
        found = self.document.findFirst(search)
        assert found is not None, f"not in the document: {text}"
        return found

    def _in_table(self, text):
        found = self.find(text)
        while found.Cell is None:
            search = self.document.createSearchDescriptor()
            search.SearchString = text
            found = self.document.findNext(found.End, search)
            assert found is not None, f"in no table: {text}"
        return found

    def insert_after(self, text, more):
        end = self.find(text).End
        end.Text.insertString(end, more, False)

    def replace(self, text, new):
        self.find(text).String = new

    def add_paragraph_after(self, text, more):
        cursor = self._paragraph(text)
        cursor.collapseToEnd()
        cursor.Text.insertControlCharacter(cursor, PARAGRAPH_BREAK, False)
        cursor.Text.insertString(cursor, more, False)

    def delete_paragraph(self, text):
        cursor = self._paragraph(text)
        cursor.gotoNextParagraph(True)
        cursor.String = ""

    def split(self, text):
        start = self.find(text).Start
        start.Text.insertControlCharacter(start, PARAGRAPH_BREAK, False)

    def join_with_next(self, text):
        cursor = self._paragraph(text)
        cursor.collapseToEnd()
        cursor.goRight(1, True)
        cursor.String = " "

    def embolden(self, text):
        self.find(text).CharWeight = 150.0

    def move_paragraph(self, text, after):
        """Cuts a paragraph and pastes it after another, as Ctrl+X and Ctrl+V do."""
        cursor = self._paragraph(text)
        cursor.gotoNextParagraph(True)
        target = self._paragraph(after)
        target.gotoNextParagraph(False)
        self.move(cursor, target)

    def move(self, cursor, target):
        controller = self.document.CurrentController
        controller.select(cursor)
        cut = controller.getTransferable()
        cursor.String = ""
        controller.ViewCursor.gotoRange(target, False)
        controller.insertTransferable(cut)

    def add_to_cell(self, text, more):
        cell = self._in_table(text).Cell
        end = cell.createTextCursor()
        end.gotoEnd(False)
        cell.insertString(end, more, False)

    def add_row_after(self, text, words):
        found = self._in_table(text)
        table, cell = found.TextTable, found.Cell
        row = int(cell.CellName.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
        table.Rows.insertByIndex(row, 1)
        table.getCellByName(f"B{row + 1}").String = words

    def track(self, on):
        self.document.RecordChanges = on

    def _paragraph(self, text):
        cursor = self.find(text).Text.createTextCursorByRange(self.find(text))
        cursor.gotoStartOfParagraph(False)
        cursor.gotoEndOfParagraph(True)
        return cursor


def every(access):
    items = access.createEnumeration()
    while items.hasMoreElements():
        yield items.nextElement()
