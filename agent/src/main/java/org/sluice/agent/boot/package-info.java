/** The workflow of one server on one host: the steps that bring it up, which undone in reverse take it away. */
@NullMarked
package org.sluice.agent.boot;

import org.jspecify.annotations.NullMarked;
