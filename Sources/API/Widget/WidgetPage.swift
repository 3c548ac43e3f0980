import Assets
import Crypto
import HTTP
import Registry

/// The page in the frame, and the script that puts the frame on a client's page.
enum WidgetPage {
    private static let languages = ["en", "fr", "ar"]

    /// A language that the page speaks: `fr-CM` is French, and what it does not speak English.
    static func language(_ text: String) -> String {
        let word = text.lowercased().prefix { $0.isLetter }
        return languages.first { $0 == word } ?? WidgetSession.fallbackLanguage
    }

    static func url(of session: WidgetSession, at base: String) -> String {
        "\(base)/widget/v1/frame?s=\(session.id)&theme=\(session.terms.theme.rawValue)"
            + (session.terms.language.map { "&lang=\($0)" } ?? "")
    }

    // MARK: The frame

    private static let mark = "<!-- origins -->"

    private static let parts: (before: String, after: String) = {
        let parts = String(decoding: Assets.widget, as: UTF8.self).split(
            separator: mark, omittingEmptySubsequences: false)
        precondition(parts.count == 2, "The widget's page has one place for origins.")
        return (String(parts[0]), String(parts[1]))
    }()

    private static let policy = contentSecurityPolicy(of: Assets.widget)
    private static let gonePolicy = contentSecurityPolicy(of: Assets.widgetGone)

    /// Lets this very style and script work, and call this very server, and nothing else.
    private static func contentSecurityPolicy(of html: [UInt8]) -> String {
        let text = String(decoding: html, as: UTF8.self)
        return "default-src 'none'; connect-src 'self'; style-src \(hash(of: "style", in: text)); "
            + "script-src \(hash(of: "script", in: text)); base-uri 'none'; form-action 'none'; "
            + "frame-ancestors "
    }

    private static func hash(of tag: String, in text: String) -> String {
        guard let start = text.firstRange(of: "<\(tag)>")?.upperBound,
            let end = text.firstRange(of: "</\(tag)>")?.lowerBound
        else { return "'none'" }
        return "'sha256-\(Base64.encode(SHA256.hash(Array(text[start..<end].utf8)).bytes))'"
    }

    /// The page of a session, for its origins alone; of an unknown one, or one without any, a page without a
    /// script, which any page may show: there is nothing in it to be clicked on.
    static func response(for session: WidgetSession?) -> HTTPResponse {
        var response: HTTPResponse
        if let session, !session.origins.isEmpty {
            let origins = session.origins.joined(separator: " ")
            response = html(Array((parts.before + origins + parts.after).utf8))
            response.setField("Content-Security-Policy", policy + origins)
        } else {
            response = html(Assets.widgetGone)
            response.setField("Content-Security-Policy", gonePolicy + "*")
        }
        response.setField("Referrer-Policy", "no-referrer" as StaticString)
        response.setField("Cache-Control", "no-store" as StaticString)
        return response
    }

    private static func html(_ bytes: [UInt8]) -> HTTPResponse {
        HTTPResponse(.ok, contentType: "text/html; charset=utf-8", body: bytes)
    }

    // MARK: Documentation

    /// A production server has neither the demonstration nor a sandbox's token.
    static func docs(in environment: Deployment.Environment) -> Documents.Page {
        environment == .sandbox ? sandboxDocs : productionDocs
    }

    private static let sandboxDocs = Documents.Page(Array(docsText.utf8))
    private static let productionDocs = Documents.Page(
        Array(
            docsText.replacing(
                " · <a href=\"/docs/widget/demo\">Demo in a sandbox</a>", with: ""
            ).replacing("Shell, with a sandbox's token", with: "Shell")
                .replacing("sdk_test_demo_sandbox_2026", with: "$SDK_TOKEN").utf8))

    private static let docsText: String = {
        var text = String(decoding: Assets.widgetDocs, as: UTF8.self)
        for (mark, value) in [("file", loaderFile), ("integrity", loaderIntegrity)] {
            guard let place = text.firstRange(of: "<!-- \(mark) -->") else {
                preconditionFailure("The page on the widget has no place for the loader's \(mark).")
            }
            text.replaceSubrange(place, with: value)
        }
        return text
    }()

    static let demo = Documents.Page(Assets.widgetDemo, showsWidget: true)

    // MARK: The loader

    private static let loaderHash = SHA256.hash(Assets.widgetLoader).bytes

    /// Its name for ever: other bytes have another one.
    static let loaderFile = "loader-" + Hex.encode(Array(loaderHash.prefix(10))) + ".js"

    /// For the attribute `integrity` (Subresource Integrity).
    static let loaderIntegrity = "sha256-" + Base64.encode(loaderHash)

    private static let loaderTag = "\"" + Hex.encode(Array(loaderHash.prefix(12))) + "\""

    static func loader(for request: HTTPRequest, isImmutable: Bool) -> HTTPResponse {
        let isHeld = request.field("If-None-Match")?.contains(loaderTag) == true
        var response =
            isHeld
            ? HTTPResponse(.notModified)
            : HTTPResponse(
                .ok, contentType: "text/javascript; charset=utf-8", body: Assets.widgetLoader)
        response.setField("ETag", loaderTag)
        response.setField(
            "Cache-Control",
            isImmutable ? "public, max-age=31536000, immutable" : "public, max-age=300")
        // Any page may load it, and check its hash.
        response.setField("Access-Control-Allow-Origin", "*" as StaticString)
        response.setField("Cross-Origin-Resource-Policy", "cross-origin" as StaticString)
        return response
    }
}
