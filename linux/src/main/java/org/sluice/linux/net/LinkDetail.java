package org.sluice.linux.net;

/** How much to read about links. VFs are expensive: some drivers ask the card for each of them. */
public enum LinkDetail {
    /** The links alone. */
    LINKS(Rtnetlink.RTEXT_FILTER_SKIP_STATS),
    /** The links with their VFs, without counters. */
    VIRTUAL_FUNCTIONS(Rtnetlink.RTEXT_FILTER_VF | Rtnetlink.RTEXT_FILTER_SKIP_STATS);

    private final int extensions;

    LinkDetail(int extensions) {
        this.extensions = extensions;
    }

    int extensions() {
        return extensions;
    }
}
