# Rank tests, contingency tables, t tests, effect sizes and power beyond the shared cases; writes
# src/stats/testing/comparisons.json.
library(jsonlite)
set.seed(5)
a <- round(rnorm(14, 1), 3); b <- round(rnorm(17, .3, 1.6), 3); change <- round(rnorm(20, .4), 3)
tied <- c(1, 2, 2, 3, 5, 5, 5, 0, -1, 4, 0, -2); tiedTwo <- c(2, 3, 3, 1, 0, 2, 6)
table34 <- matrix(c(3, 1, 4, 2, 5, 0, 2, 6, 3, 1, 2, 4), 3); two <- matrix(c(8, 2, 3, 9), 2); zero <- matrix(c(5, 0, 4, 7), 2)
f <- fisher.test(two); z <- fisher.test(zero); w <- t.test(a, b); p <- t.test(a, b, var.equal = TRUE); one <- t.test(change)
power <- function(df, ncp, tails = 2) { t <- qt(1 - .05 / tails, df); 1 - pt(t, df, ncp) + if (tails == 2) pt(-t, df, ncp) else 0 }
out <- list(a = a, b = b, change = change, tied = tied, tiedTwo = tiedTwo, table34 = table34, two = two, zero = zero,
  signedExact = unname(c(wilcox.test(change)$statistic, wilcox.test(change)$p.value)),
  signedTies = unname(c(suppressWarnings(wilcox.test(tied))$statistic, suppressWarnings(wilcox.test(tied))$p.value)),
  sumExact = unname(c(wilcox.test(a, b)$statistic, wilcox.test(a, b)$p.value)),
  sumTies = unname(c(suppressWarnings(wilcox.test(tied, tiedTwo))$statistic, suppressWarnings(wilcox.test(tied, tiedTwo))$p.value)),
  fisher34 = fisher.test(table34)$p.value, fisherTwo = c(f$p.value, f$estimate, f$conf.int), fisherZero = c(z$p.value, z$estimate, z$conf.int[1]),
  yates = unname(c(chisq.test(two)$statistic, chisq.test(two)$p.value)), plain = unname(suppressWarnings(chisq.test(table34))$statistic),
  mcnemar = unname(c(mcnemar.test(two)$statistic, mcnemar.test(two, correct = FALSE)$statistic)),
  welch = unname(c(w$statistic, w$parameter, w$p.value, w$conf.int)), pooled = unname(c(p$statistic, p$p.value)), oneSample = unname(c(one$statistic, one$p.value, one$conf.int)),
  power = c(power(47, 2.5), power(10, 1.2, 1), power(300, 4)))
writeLines(toJSON(out, digits = NA, auto_unbox = TRUE), "../../../src/stats/testing/comparisons.json")
