/** The way to the controller: what it wants, and what it is told. */
@NullMarked
package org.sluice.agent.controller;

import org.jspecify.annotations.NullMarked;
