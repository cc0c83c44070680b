package org.sluice.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IVersionProvider;

/** What {@code sluice --version} prints: the version that the jar's manifest carries. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {"sluice " + text()};
    }

    static String text() {
        @Nullable String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "(not packaged)" : version;
    }
}
