/**
 * Who may do what: rules under OpenStack's names, the checks behind them, and what an operator overrides in a file. The edge
 * asks before a body is read; a handler asks about the thing it has found, and never about roles.
 */
@NullMarked
package org.sluice.controller.policy;

import org.jspecify.annotations.NullMarked;
