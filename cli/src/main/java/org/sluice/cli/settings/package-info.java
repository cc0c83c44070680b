/** The settings of every role: what there is, from where its values come, and what they must be. */
@NullMarked
package org.sluice.cli.settings;

import org.jspecify.annotations.NullMarked;
