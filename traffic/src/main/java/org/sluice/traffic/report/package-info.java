/** What a run found, as records with a documented JSON form, its writers (text, JSON, CSV, HTML, PNG), and the comparison of two. */
@NullMarked
package org.sluice.traffic.report;

import org.jspecify.annotations.NullMarked;
