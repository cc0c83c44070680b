@NullMarked
package org.sluice.cli.settings;

import org.jspecify.annotations.NullMarked;
