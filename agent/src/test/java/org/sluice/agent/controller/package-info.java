/** The client, against a listener that answers as told. */
@NullMarked
package org.sluice.agent.controller;

import org.jspecify.annotations.NullMarked;
