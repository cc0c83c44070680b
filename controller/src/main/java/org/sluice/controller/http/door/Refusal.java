package org.sluice.controller.http.door;

import java.io.Serial;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.json.JsonMapper;

/** A request that is answered and its connection ended before any route sees it. */
final class Refusal extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    /** Why, in the terms of RFC 9110 and RFC 6585. */
    enum Reason {
        BAD_REQUEST(400, "Bad Request"),
        REQUEST_TIMEOUT(408, "Request Timeout"),
        URI_TOO_LONG(414, "URI Too Long"),
        UNSUPPORTED_MEDIA_TYPE(415, "Unsupported Media Type"),
        EXPECTATION_FAILED(417, "Expectation Failed"),
        HEADERS_TOO_LARGE(431, "Request Header Fields Too Large"),
        NOT_IMPLEMENTED(501, "Not Implemented"),
        UNAVAILABLE(503, "Service Unavailable"),
        VERSION_NOT_SUPPORTED(505, "HTTP Version Not Supported");

        private final int status;
        private final String title;

        Reason(int status, String title) {
            this.status = status;
            this.title = title;
        }

        int status() {
            return status;
        }
    }

    private final Reason reason;
    private final String sentence;

    Refusal(Reason reason, String sentence) {
        super(sentence, null, false, false);
        this.reason = reason;
        this.sentence = sentence;
    }

    static Refusal bad(String sentence) {
        return new Refusal(Reason.BAD_REQUEST, sentence);
    }

    Reason reason() {
        return reason;
    }

    String sentence() {
        return sentence;
    }

    /** The whole reply as it goes over the wire. */
    byte[] wire() {
        byte[] body = body(reason.status, reason.title, sentence);
        byte[] head = ("HTTP/1.1 " + reason.status + " " + reason.title
                        + "\r\nContent-Type: application/json\r\nContent-Length: "
                        + body.length + (reason == Reason.UNAVAILABLE ? "\r\nRetry-After: 1" : "")
                        + "\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        byte[] all = new byte[head.length + body.length];
        System.arraycopy(head, 0, all, 0, head.length);
        System.arraycopy(body, 0, all, head.length, body.length);
        return all;
    }

    /** The body that every OpenStack client understands, whatever service it thinks it talks to. */
    static byte[] body(int status, String title, String sentence) {
        var tree = JsonMapper.shared().createObjectNode();
        tree.putObject("error").put("code", status).put("title", title).put("message", sentence);
        return JsonMapper.shared().writeValueAsBytes(tree);
    }
}
