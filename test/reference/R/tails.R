# Tails and quantiles of distributions, to 17 digits: writes src/math/testing/tails.json, one entry per value.
library(jsonlite)
rows <- list()
add <- function(f, args, value) rows[[length(rows) + 1]] <<- list(f = f, args = as.list(args), value = formatC(value, digits = 17, format = "g"))
for (z in c(-8, -3, -.5, 0, .3, 1, 2.4999, 2.5, 4, 8, 12.25, 20, 30, 37)) add("normalTail", z, pnorm(z, lower.tail = FALSE))
for (z in c(-2, 3, 10, 40, 100)) add("logNormalTail", z, pnorm(z, lower.tail = FALSE, log.p = TRUE))
for (p in c(1e-300, 1e-100, 1e-10, .01, .3, .5, .9, 1 - 1e-9)) add("normalQuantile", p, qnorm(p))
for (df in c(1, 2, 3.5, 10, 47.3, 1000)) for (x in c(1e-3, .5, 3, 30, 300, 1200)) { add("chiSquaredTail", c(x, df), pchisq(x, df, lower.tail = FALSE)); add("chiSquaredCdf", c(x, df), pchisq(x, df)) }
for (df in c(1, 4, 60.5)) for (p in c(1e-10, .05, .5, .95, .999)) add("chiSquaredQuantile", c(p, df), qchisq(p, df))
for (df in c(.7, 1, 3, 12.4, 200)) for (t in c(.1, 1, 4, 30, 1e4)) add("tTail", c(t, df), pt(t, df, lower.tail = FALSE))
for (df in c(1, 5, 33.3)) for (p in c(.6, .975, .9999)) add("tQuantile", c(p, df), qt(p, df))
for (d in list(c(1, 5), c(3, 343), c(12, 7.5), c(2, 1e5))) for (f in c(.2, 1, 4, 40)) add("fTail", c(f, d), pf(f, d[1], d[2], lower.tail = FALSE))
for (d in list(c(2, 10, 1.5), c(-1, 4, .7), c(5, 47, 3.2), c(.4, 200, -2), c(12, 30, 10))) add("noncentralT", d, pt(d[1], d[2], d[3]))
# Values R itself gives as 0 or 1 say nothing about a tail.
rows <- Filter(function(r) as.numeric(r$value) != 0 && as.numeric(r$value) != 1 || r$f == "normalQuantile", rows)
writeLines(toJSON(rows, auto_unbox = TRUE, digits = NA), "../../../src/math/testing/tails.json")
