import Testing

@testable import FHIR

/// A narrative is shown by whoever reads it, in browsers too.
struct NarrativeTextTests {
    private static func div(_ content: String) -> String {
        #"<div xmlns="http://www.w3.org/1999/xhtml">\#(content)</div>"#
    }

    private static let safe = [
        div("x"), " " + div("x") + "\n", div("<p>a &lt; b &amp; c &#233; &#x1F600;</p>"),
        div("<table border='1'><tbody><tr><td colspan=\"2\">x<br/></td></tr></tbody></table>"),
        div(##"<a href="https://a.example/?q=1&amp;r">x</a><a name="b" href="#b">y</a>"##),
        div(#"<img alt="x" src="data:image/png;base64,AAAA"/>"#), div(##"<img src="#a"/>"##),
        div(#"<span style="color: #f00; font-weight:bold;">x</span>"#), div("é ٣ 🩺 >"),
        #"<div xmlns='http://www.w3.org/1999/xhtml' lang="fr" class="a">x</div>"#,
    ]

    @Test(arguments: safe) func textAndTablesAreTaken(_ text: String) {
        #expect(NarrativeText.fault(in: text) == nil)
    }

    private static let hostile = [
        "", "x", "<div>x</div>", div(""), div("  <p/>\n"), "<p>x</p>", div("x") + div("y"),
        div("x") + "y", "y" + div("x"), div("<script>alert(1)</script>"), div("<SCRIPT>x</SCRIPT>"),
        div("<p onclick=\"a()\">x</p>"), div("<p ONCLICK=\"a()\">x</p>"),
        div("<iframe src=\"#\"/>x"),
        div("<a href=\"javascript:a()\">x</a>"), div("<a href=\"java&#115;cript:a()\">x</a>"),
        div("<a href=\" https://a\">x</a>"), div("<a href=\"//a.example\">x</a>"),
        div("<a href=\"data:text/html,x\">x</a>"), div("<p href=\"#a\">x</p>"),
        div("<img src=\"https://a.example/x.png\"/>x"), div("<img src=\"data:image/svg+xml,x\"/>x"),
        div("<img src=\"x\" onerror=\"a()\"/>x"), div("<form action=\"#\">x</form>"),
        div("<p style=\"background:url(https://a)\">x</p>"),
        div("<p style=\"position:fixed\">x</p>"),
        div("<p style=\"color:expression(a())\">x</p>"), div("<p style=\"color:\\72 ed\">x</p>"),
        div("<style>p{}</style>x"), div("<!-- x -->y"), div("<![CDATA[<script>]]>"),
        div("<?php ?>x"),
        "<!DOCTYPE a [<!ENTITY b \"c\">]>" + div("x"), div("&nbsp;"), div("&b;"), div("&#0;"),
        div("&#xD800;"), div("&#+65;"), div("&#x;"), div("a & b"), div("<p>x"), div("x</p>"),
        div("<b><i>x</b></i>"), div("<p a>x</p>"), div("<p id=x>y</p>"),
        div("<p id=\"a\" id=\"b\">x</p>"),
        div("<p id=\"a\"class=\"b\">x</p>"), div("<p id=\"<\">x</p>"), div("<p id=\"a>x</p>"),
        "<div",
        "<div xmlns=", "<div xmlns=\"", "<", "</", "</div>",
        "<div xmlns=\"http://www.w3.org/1999/xhtml\">x",
        div("<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>"), div("\u{1}"), div("a\u{7f}"),
        div("<svg xmlns=\"http://www.w3.org/2000/svg\"/>x"), div("<p xlink:href=\"#a\">x</p>"),
        "<div xmlns=\"http://www.w3.org/2000/svg\">x</div>", div("< p>x</p>"), div("<p/ >x"),
        div(String(repeating: "<b>", count: 200) + "x" + String(repeating: "</b>", count: 200)),
    ]

    @Test(arguments: hostile) func whatRunsOrLoadsIsRefused(_ text: String) {
        #expect(NarrativeText.fault(in: text) != nil, "\(text)")
    }

    /// Cut off anywhere, it is refused, and nothing traps.
    @Test(arguments: safe) func cutOffItIsRefused(_ text: String) {
        for count in 0..<text.utf8.count {
            let part = String(decoding: text.utf8.prefix(count), as: UTF8.self)
            guard !part.hasSuffix("</div>") else { continue }
            #expect(NarrativeText.fault(in: part) != nil, "\(part)")
        }
    }
}
