/**
 * Long work on servers: a workflow is a list of steps, each with what undoes it, in one file. A step is one transaction in the
 * books and never waits inside it; what it waits for is a report of a host or a decision of a person, and whoever hears that takes
 * the operation on. So there is nothing that a killed controller could leave half done, and no thread that an operation needs.
 */
@NullMarked
package org.sluice.controller.operation;

import org.jspecify.annotations.NullMarked;
