# The logistic jobs of bench/mixed-models.mjs in lme4, on the CSV files that `mixed-models.mjs make FOLDER` wrote.
#   Rscript bench/R/mixed-models.R FOLDER [schools|teachers]
suppressMessages(library(lme4))
arguments <- commandArgs(TRUE)
for (which in if (length(arguments) > 1) arguments[-1] else c("schools", "teachers")) {
  data <- read.csv(file.path(arguments[1], paste0("logistic-", which, ".csv")))
  fixed <- paste(setdiff(names(data), c("y", "school")), collapse = " + ")
  seconds <- system.time(
    fit <- glmer(as.formula(paste("y ~", fixed, "+ (1 | school)")), data, binomial, nAGQ = 1,
                 control = glmerControl(optimizer = "bobyqa", optCtrl = list(maxfun = 1e5)))
  )[["elapsed"]]
  cat(sprintf("lme4, mixed logit, %s: log-likelihood %.6f, theta %.6f: %.1f s\n", which, logLik(fit), getME(fit, "theta"), seconds))
}
