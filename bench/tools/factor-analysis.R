# The R counterpart of bench/factor-analysis.mjs: Rscript factor-analysis.R items.csv factors
suppressMessages(library(psych))
arguments <- commandArgs(TRUE)
items <- as.matrix(read.csv(arguments[1]))
rotate <- if (requireNamespace("GPArotation", quietly = TRUE)) "oblimin" else "varimax"
seconds <- system.time(suppressWarnings(fa(items, as.integer(arguments[2]), fm = "minres", rotate = rotate)))[["elapsed"]]
cat(sprintf("R, psych::fa minres + %s on the same answers: %.2f s\n", rotate, seconds))
