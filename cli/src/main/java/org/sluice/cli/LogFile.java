package org.sluice.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.spi.ContextAwareBase;
import ch.qos.logback.core.util.FileSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.logging.LogManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * Where log lines go: nowhere until a command names its file. The console belongs to the progress display. In code rather
 * than in XML, because reading XML is a good part of a second of every start.
 */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_HIGH_PRIORITY)
public final class LogFile extends ContextAwareBase implements Configurator {
    private static final String LARGEST = "10MB";
    private static final int KEPT = 3;
    private static final Set<PosixFilePermission> OWNER_WRITES = PosixFilePermissions.fromString("rw-------");

    /** Made by Logback, through its service file. */
    public LogFile() {}

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        if (LogFile.class.getResource("/logback-test.xml") != null) {
            return ExecutionStatus.INVOKE_NEXT_IF_ANY;
        }
        context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.INFO);
        for (String talkative : new String[] {"com.zaxxer.hikari", "org.flywaydb", "io.helidon"}) {
            context.getLogger(talkative).setLevel(Level.WARN);
        }
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /**
     * Sends every log line of this process to a file from now on; 10 MB each, three older ones are kept. What a line says of
     * users' making is escaped, and a failure that repeats itself is counted instead of written.
     */
    static void open(Path file) {
        LogManager.getLogManager().reset();
        SLF4JBridgeHandler.install();
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            open(context, file);
        }
    }

    /** As {@link #open(Path)}, for the lines of one context. */
    static void open(LoggerContext context, Path file) {
        LineEncoder encoder = new LineEncoder();
        encoder.setContext(context);
        encoder.start();
        RepeatedFailures repeated = new RepeatedFailures();
        repeated.setContext(context);
        repeated.start();
        context.addTurboFilter(repeated);
        RollingFileAppender<ILoggingEvent> appender = new PrivateAppender();
        appender.setContext(context);
        appender.setFile(file.toString());
        appender.setEncoder(encoder);
        FixedWindowRollingPolicy rolling = new FixedWindowRollingPolicy();
        rolling.setContext(context);
        rolling.setParent(appender);
        rolling.setFileNamePattern(file + ".%i");
        rolling.setMinIndex(1);
        rolling.setMaxIndex(KEPT);
        rolling.start();
        SizeBasedTriggeringPolicy<ILoggingEvent> trigger = new SizeBasedTriggeringPolicy<>();
        trigger.setContext(context);
        trigger.setMaxFileSize(FileSize.valueOf(LARGEST));
        trigger.start();
        appender.setRollingPolicy(rolling);
        appender.setTriggeringPolicy(trigger);
        appender.start();
        context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(appender);
    }

    /** Makes the file before it is opened, as the owner's alone; older ones keep that. */
    private static final class PrivateAppender extends RollingFileAppender<ILoggingEvent> {
        @Override
        public void openFile(String name) throws IOException {
            Path file = Path.of(name);
            if (Files.exists(file)) {
                Files.setPosixFilePermissions(file, OWNER_WRITES);
            } else {
                Files.createFile(file, PosixFilePermissions.asFileAttribute(OWNER_WRITES));
            }
            super.openFile(name);
        }
    }
}
