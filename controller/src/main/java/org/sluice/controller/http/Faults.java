package org.sluice.controller.http;

import org.sluice.model.Problem;

/** How one API family words a failure: every OpenStack service has its own fault body. Stateless. */
@FunctionalInterface
public interface Faults {
    /** The reply for a problem, with status, body and headers as that service's clients expect them. */
    Reply render(Problem problem);

    /** The reason phrase of the problem's status, as OpenStack's services show it (RFC 9110 section 15). */
    static String title(Problem.Kind kind) {
        return switch (kind) {
            case BAD_REQUEST -> "Bad Request";
            case UNAUTHENTICATED -> "Unauthorized";
            case FORBIDDEN -> "Forbidden";
            case NOT_FOUND -> "Not Found";
            case METHOD_NOT_ALLOWED -> "Method Not Allowed";
            case NOT_ACCEPTABLE -> "Not Acceptable";
            case REQUEST_TIMEOUT -> "Request Timeout";
            case CONFLICT -> "Conflict";
            case PRECONDITION_FAILED -> "Precondition Failed";
            // RFC 9110 says "Content Too Large"; OpenStack's services have kept the older phrase.
            case TOO_LARGE -> "Request Entity Too Large";
            case URI_TOO_LONG -> "Request-URI Too Long";
            case UNSUPPORTED_MEDIA_TYPE -> "Unsupported Media Type";
            case TOO_MANY_REQUESTS -> "Too Many Requests";
            case INTERNAL -> "Internal Server Error";
            case NOT_IMPLEMENTED -> "Not Implemented";
            case UNAVAILABLE -> "Service Unavailable";
            case INSUFFICIENT_STORAGE -> "Insufficient Storage";
        };
    }
}
