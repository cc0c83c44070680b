package org.sluice.controller.http.door;

import static org.sluice.controller.http.door.Refusal.bad;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A request line and its header section, found sound: one reading of it is possible (RFC 9112, sections 3 to 6). What is not
 * sound is a {@link Refusal}.
 *
 * @param text what the server behind is given, one character a byte: the same head without what was dealt with here
 * @param body how the body's end is found
 * @param expectsContinue the client waits for {@code 100 Continue} before it sends the body
 * @param closes the client wants the connection closed after the reply
 */
record RequestHead(String text, Body body, boolean expectsContinue, boolean closes) {
    private static final int MOST_HEADERS = 100;
    private static final int LONGEST_METHOD = 32;
    /** A quintillion bytes are enough, and do not overflow a long. */
    private static final int MOST_LENGTH_DIGITS = 18;

    /** One line of the header section. */
    private record Field(String name, String value) {
        boolean is(String other) {
            return name.equalsIgnoreCase(other);
        }
    }

    /** {@code head} is all of it, with the empty line at its end; every line ends in CR LF. */
    static RequestHead parse(byte[] head) {
        // ISO 8859-1 keeps every byte as it is.
        String text = new String(head, StandardCharsets.ISO_8859_1);
        int lineEnd = text.indexOf("\r\n");
        String requestLine = requestLine(text.substring(0, lineEnd));
        List<Field> fields = fields(text, lineEnd + 2);
        Body body = body(fields);
        requireOneHost(fields);
        boolean expects = false;
        boolean closes = false;
        StringBuilder kept = new StringBuilder(head.length).append(requestLine).append("\r\n");
        for (Field field : fields) {
            if (field.is("Expect")) {
                if (!field.value().equalsIgnoreCase("100-continue")) {
                    throw new Refusal(Refusal.Reason.EXPECTATION_FAILED, "The header Expect can only be 100-continue.");
                }
                expects = true;
                continue;
            }
            if (field.is("Content-Encoding")) {
                if (!field.value().equalsIgnoreCase("identity")) {
                    throw new Refusal(
                            Refusal.Reason.UNSUPPORTED_MEDIA_TYPE,
                            "The request body must come as it is; leave the header Content-Encoding out.");
                }
                continue;
            }
            if (field.is("Connection") && hasToken(field.value(), "close")) {
                closes = true;
            }
            kept.append(field.name()).append(": ").append(field.value()).append("\r\n");
        }
        kept.append("\r\n");
        return new RequestHead(kept.toString(), body, expects, closes);
    }

    private static String requestLine(String line) {
        int first = line.indexOf(' ');
        int last = line.lastIndexOf(' ');
        if (first < 1 || last <= first + 1 || line.indexOf(' ', first + 1) != last) {
            throw bad("The request line must be a method, a target and the version, with one space between them.");
        }
        String method = line.substring(0, first);
        if (method.length() > LONGEST_METHOD || !isToken(method)) {
            throw bad("The request's method is no name of a method.");
        }
        String version = line.substring(last + 1);
        if (!version.equals("HTTP/1.1")) {
            if (version.matches("HTTP/[0-9](\\.[0-9])?")) {
                throw new Refusal(
                        Refusal.Reason.VERSION_NOT_SUPPORTED, "The controller speaks HTTP/1.1, not " + version + ".");
            }
            throw bad("The request line must end in HTTP/1.1.");
        }
        String target = originForm(line.substring(first + 1, last));
        if (target.length() > DoorLimits.LONGEST_TARGET_BYTES) {
            throw targetTooLong();
        }
        checkTarget(target);
        return method + " " + target + " HTTP/1.1";
    }

    static Refusal targetTooLong() {
        return new Refusal(
                Refusal.Reason.URI_TOO_LONG,
                "The request's path and query are longer than " + DoorLimits.LONGEST_TARGET_BYTES
                        + " bytes; ask for less at a time.");
    }

    static Refusal headersTooLarge() {
        return new Refusal(
                Refusal.Reason.HEADERS_TOO_LARGE,
                "The request's headers are more than " + DoorLimits.LONGEST_HEADERS_BYTES + " bytes or more than "
                        + MOST_HEADERS + " lines.");
    }

    /** Proxies send the absolute form, which every server must take (RFC 9112, section 3.2.2). */
    private static String originForm(String target) {
        String lower = target.substring(0, Math.min(8, target.length())).toLowerCase(Locale.ROOT);
        int scheme = lower.startsWith("http://") ? 7 : lower.startsWith("https://") ? 8 : 0;
        if (scheme == 0) {
            return target;
        }
        int path = target.indexOf('/', scheme);
        return path < 0 ? "/" : target.substring(path);
    }

    private static void checkTarget(String target) {
        if (!target.startsWith("/") && !target.equals("*")) {
            throw bad("The request's target must be a path that begins with '/'.");
        }
        for (int i = 0; i < target.length(); i++) {
            char c = target.charAt(i);
            if (c <= ' ' || c >= 0x7f) {
                throw bad("The request's path and query must be ASCII; percent-encode every other character.");
            }
            if (c == '#') {
                throw bad("The request's target must not have a fragment; percent-encode the '#'.");
            }
            if (c == '%') {
                if (i + 2 >= target.length() || !isHex(target.charAt(i + 1)) || !isHex(target.charAt(i + 2))) {
                    throw bad("The request's path and query have a '%' without two hexadecimal digits after it;"
                            + " percent-encode it as %25.");
                }
                if (target.startsWith("00", i + 1)) {
                    throw bad(
                            whereIsNul(target, i) + " contains the character NUL (%00), which nothing here can have.");
                }
            }
        }
    }

    private static String whereIsNul(String target, int at) {
        int question = target.indexOf('?');
        if (question < 0 || at < question) {
            return "The request's path";
        }
        int start = Math.max(question, target.lastIndexOf('&', at)) + 1;
        int equals = target.indexOf('=', start);
        return equals < 0 || at < equals
                ? "The name of a query parameter"
                : "The query parameter '" + URLDecoder.decode(target.substring(start, equals), StandardCharsets.UTF_8)
                        + "'";
    }

    private static List<Field> fields(String text, int from) {
        List<Field> fields = new ArrayList<>();
        int start = from;
        while (true) {
            int end = text.indexOf("\r\n", start);
            if (end == start) {
                return fields;
            }
            if (fields.size() == MOST_HEADERS) {
                throw headersTooLarge();
            }
            fields.add(field(text.substring(start, end)));
            start = end + 2;
        }
    }

    private static Field field(String line) {
        int colon = line.indexOf(':');
        if (colon < 1 || !isToken(line.substring(0, colon))) {
            throw bad("Every header must be a name, a colon and a value on one line.");
        }
        String name = line.substring(0, colon);
        String value = strip(line, colon + 1);
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if ((c < ' ' && c != '\t') || c == 0x7f) {
                throw bad("The header " + name + " has a control character in its value.");
            }
        }
        return new Field(name, value);
    }

    private static String strip(String line, int from) {
        int start = from;
        int end = line.length();
        while (start < end && isBlank(line.charAt(start))) {
            start++;
        }
        while (end > start && isBlank(line.charAt(end - 1))) {
            end--;
        }
        return line.substring(start, end);
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    /** It goes into the URLs that we hand out. */
    private static void requireOneHost(List<Field> fields) {
        List<String> hosts = values(fields, "Host");
        if (hosts.size() != 1) {
            throw bad("The request must have one header Host.");
        }
        if (Authority.parse(hosts.getFirst()).isEmpty()) {
            throw bad("The header Host must be a host's name or address, with or without a port.");
        }
    }

    /** Two ways to find the end of a body are one too many: what one server takes for a body, another takes for a request. */
    private static Body body(List<Field> fields) {
        List<String> codings = values(fields, "Transfer-Encoding");
        List<String> lengths = values(fields, "Content-Length");
        if (codings.isEmpty() && lengths.isEmpty()) {
            return new Body.Length(0);
        }
        if (!codings.isEmpty()) {
            if (!lengths.isEmpty()) {
                throw bad("A request has either Transfer-Encoding or Content-Length, not both.");
            }
            if (codings.size() > 1) {
                throw bad("The request has more than one header Transfer-Encoding.");
            }
            if (!codings.getFirst().equalsIgnoreCase("chunked")) {
                throw new Refusal(Refusal.Reason.NOT_IMPLEMENTED, "The header Transfer-Encoding can only be chunked.");
            }
            return new Body.Chunked();
        }
        String length = lengths.getFirst();
        if (lengths.size() > 1
                || length.isEmpty()
                || length.length() > MOST_LENGTH_DIGITS
                || !length.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw bad("The request must have at most one header Content-Length, which is a number of bytes.");
        }
        return new Body.Length(Long.parseLong(length));
    }

    private static List<String> values(List<Field> fields, String name) {
        return fields.stream().filter(field -> field.is(name)).map(Field::value).toList();
    }

    private static boolean hasToken(String value, String token) {
        for (String part : value.split(",", -1)) {
            if (part.strip().equalsIgnoreCase(token)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isToken(String text) {
        return !text.isEmpty() && text.chars().allMatch(RequestHead::isTokenCharacter);
    }

    /** RFC 9110, section 5.6.2. */
    static boolean isTokenCharacter(int c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || (c > ' ' && c < 0x7f && "!#$%&'*+-.^_`|~".indexOf(c) >= 0);
    }

    private static boolean isHex(char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    }
}
