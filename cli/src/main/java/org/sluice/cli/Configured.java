package org.sluice.cli;

import java.util.List;
import org.sluice.cli.settings.Setting;

/** A command that runs with settings. Its options for them come from their declarations. */
interface Configured {
    /** The settings that its command line overrides; each has a flag. */
    List<Setting<?>> overridable();
}
