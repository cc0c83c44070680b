package org.sluice.traffic.report;

import org.jspecify.annotations.Nullable;
import org.sluice.linux.LinuxException;

/** A report that cannot be read, written or drawn. Its codes are {@code report.read}, {@code report.write} and {@code report.draw}. */
public final class ReportException extends LinuxException {
    private static final long serialVersionUID = 1L;

    ReportException(String code, String sentence, String fix, @Nullable Throwable cause) {
        super(code, sentence, fix, cause);
    }
}
