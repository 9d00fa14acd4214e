# A difference in differences over years from the start: invented schools that start in three years, their people and how many
# of them stayed. lme4 with tight optimisation; rates standardised over everybody, at random effects 0 and integrated.
source("common.R"); suppressMessages(library(lme4))
set.seed(20261125)
n <- 60
schools <- data.frame(school = sprintf("S%02d", 1:n), treated = as.integer(1:n %% 3 == 0), baseline = 2014 + (1:n %/% 3) %% 3,
  phase = sample(c("primary", "secondary"), n, TRUE, c(.7, .3)), x = round(rnorm(n), 3))
u <- rnorm(n, 0, .4)
d <- do.call(rbind, lapply(c(-3, -2, -1, 1, 2), function(p) cbind(schools, period = p, entrant = 0:(n - 1), u = u)))
d$census <- ifelse(d$period < 0, d$baseline + d$period, d$baseline + 1 + d$period - 1)
v <- rnorm(length(unique(paste(d$school, d$census))), 0, .3)
d$v <- v[match(paste(d$school, d$census), unique(paste(d$school, d$census)))]
d$all <- sample(15:60, nrow(d), TRUE)
eta <- 1.6 + .3 * d$x - .2 * (d$phase == "secondary") - .1 * d$treated + .05 * (d$census - 2014) + (d$period > 0) * d$treated * .5 + d$u + d$v
d$ones <- rbinom(nrow(d), d$all, plogis(eta))
d <- d[order(d$school, d$period), c("entrant", "school", "treated", "period", "census", "phase", "x", "ones", "all")]
write.csv(d, file.path(folder, "yearly.csv"), row.names = FALSE, quote = FALSE)

f <- transform(d, period = factor(period), census = factor(census), phase = factor(phase), school = factor(school))
ctl <- glmerControl(optimizer = "Nelder_Mead", optCtrl = list(maxfun = 1e6, FtolAbs = 1e-12, FtolRel = 1e-15, XtolRel = 1e-10), tolPwrss = 1e-12,
  check.conv.grad = .makeCC("ignore", tol = 1e-3))
m <- glmer(cbind(ones, all - ones) ~ treated * period + phase + x + census + (1 | school) + (1 | school:census), f, binomial, control = ctl)
ctl2 <- glmerControl(optimizer = "bobyqa", optCtrl = list(maxfun = 1e6, rhoend = 1e-9), tolPwrss = 1e-12)
m2 <- update(m, start = getME(m, c("theta", "fixef")), control = ctl2)
if (logLik(m2) > logLik(m)) m <- m2
b <- fixef(m); V <- as.matrix(vcov(m)); sds <- sapply(VarCorr(m), function(s) as.numeric(attr(s, "stddev"))); total <- sqrt(sum(sds^2))
eta0 <- function(data) as.numeric(model.matrix(~ treated * period + phase + x + census, data) %*% b)
mixedmean <- function(e, w) sum(w * sapply(e, function(k) integrate(function(z) plogis(k + total * z) * dnorm(z), -9, 9, rel.tol = 1e-12)$value)) / sum(w)
rate <- function(t, p, how) {
  e <- eta0(transform(f, treated = t, period = factor(p, levels(f$period))))
  if (how == "zero") sum(f$all * plogis(e)) / sum(f$all) else mixedmean(e, f$all)
}
pre <- c("-3", "-2", "-1"); post <- c("1", "2")
product <- function(p) { k <- paste0("treated:period", p); if (k %in% names(b)) b[[k]] else 0 }
L <- function(p) { # log odds of a post period less the mean of the pre ones
  l <- setNames(numeric(length(b)), names(b))
  l[paste0("treated:period", p)] <- 1
  for (q in pre) if (paste0("treated:period", q) %in% names(b)) l[paste0("treated:period", q)] <- l[paste0("treated:period", q)] - 1 / length(pre)
  l
}
both <- function(how) {
  gap <- function(p) 100 * (rate(1, p, how) - rate(0, p, how))
  list(treated = lapply(setNames(c(pre, post), c(pre, post)), function(p) 100 * rate(1, p, how)),
    comparison = lapply(setNames(c(pre, post), c(pre, post)), function(p) 100 * rate(0, p, how)),
    did = lapply(setNames(post, post), function(p) gap(p) - mean(sapply(pre, gap))),
    onTreated = lapply(setNames(post, post), function(p) {
      own <- f[f$treated == 1 & f$period == p, ]; e <- eta0(own); without <- e - (product(p) - mean(sapply(pre, product)))
      of <- function(k) if (how == "zero") sum(own$all * plogis(k)) / sum(own$all) else mixedmean(k, own$all)
      100 * (of(e) - of(without))
    }))
}
folder <- file.path(folder, "expected")
case("yearly", "Difference in differences of schools over years from the start, Laplace", "lme4", version("lme4"), "yearly.csv", "see R/yearly.R",
  list(kind = "yearly"), list(fixed = named(b), se = named(sqrt(diag(V))), logLik = as.numeric(logLik(m)), sd = list(school = sds[["school"]], schoolYear = sds[["school:census"]]),
    zero = both("zero"), integrated = both("integrated"),
    logOdds = lapply(setNames(post, post), function(p) { l <- L(p); list(estimate = sum(l * b), se = sqrt(as.numeric(t(l) %*% V %*% l))) })),
  list(default = 1e-4, se = 1e-2))
