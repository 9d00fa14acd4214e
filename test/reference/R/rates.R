# Differences of rates by standardisation: AME of a weighted logistic model with clustered delta-method errors, odds ratio,
# profile interval. On teachers.csv, which comes with the shared cases.
source("common.R"); suppressMessages({library(sandwich); library(clubSandwich)})
d <- read.csv(file.path(folder, "teachers.csv"))
d$role <- factor(d$role, c("classroom", "middle", "senior")); d$ofsted <- factor(d$ofsted, c("good", "ri", "inadequate"))
form <- stay ~ treat + male + age + role + fulltime + ofsted + fsm
ctl <- glm.control(epsilon = 1e-14, maxit = 100)

contrast <- function(f, v, g) { # Satterthwaite
  r <- linear_contrast(f, v, matrix(g, 1), test = "Satterthwaite", level = .95)
  list(se = r$SE, df = r$df)
}
answer <- function(f, share) {
  on <- off <- d; on$treat <- 1; off$treat <- 0
  X1 <- model.matrix(delete.response(terms(f)), on); X0 <- model.matrix(delete.response(terms(f)), off); b <- coef(f)
  m1 <- plogis(X1 %*% b)[, 1]; m0 <- plogis(X0 %*% b)[, 1]; s <- share / sum(share)
  g <- colSums(s * (dlogis(X1 %*% b)[, 1] * X1 - dlogis(X0 %*% b)[, 1] * X0))
  e <- as.numeric(names(b) == "treat"); q <- function(v, g) sqrt(as.numeric(t(g) %*% v %*% g))
  cr <- lapply(list(cr0 = "CR0", cr1 = "CR1", cr2 = "CR2"), function(t) vcovCR(f, d$school, t))
  list(treated = 100 * sum(s * m1), comparison = 100 * sum(s * m0), difference = 100 * sum(s * (m1 - m0)), logOdds = b[["treat"]],
    model = list(difference = 100 * q(vcov(f), g), logOdds = q(vcov(f), e)), hc2 = list(difference = 100 * q(vcovHC(f, "HC2"), g)),
    cr0 = list(difference = 100 * q(cr$cr0, g), logOdds = q(cr$cr0, e)), cr1 = list(difference = 100 * q(cr$cr1, g), logOdds = q(cr$cr1, e)),
    cr2 = list(difference = 100 * contrast(f, cr$cr2, g)$se, df = contrast(f, cr$cr2, g)$df, logOdds = contrast(f, cr$cr2, e)$se,
      dfLogOdds = contrast(f, cr$cr2, e)$df))
}
weighted <- suppressWarnings(glm(form, binomial, d, weights = w, control = ctl))
plain <- glm(form, binomial, d, control = ctl)
# The two values of the coefficient at which the deviance has risen by the 95% point of chi squared (1).
limit <- function(side) {
  at <- coef(plain)[["treat"]]
  rise <- function(b) { glm(update(form, . ~ . - treat + offset(b * treat)), binomial, cbind(d, b = b), control = ctl)$deviance - plain$deviance }
  uniroot(function(b) rise(b) - qchisq(.95, 1), sort(c(at, at + side * 2)), tol = 1e-13)$root
}
folder <- file.path(folder, "expected")
case("rate-reading", "Difference of two rates by standardisation, its delta-method errors and the odds ratio", "glm, sandwich, clubSandwich",
  version("sandwich", "clubSandwich"), "teachers.csv", "see R/rates.R",
  list(kind = "rates", formula = "stay ~ treat + male + age + role + fulltime + ofsted + fsm", weights = "w", cluster = "school"),
  list(onTreated = answer(weighted, d$w * d$treat), onAll = answer(weighted, rep(1, nrow(d))), plain = answer(plain, d$treat),
    profile = list(low = limit(-1), high = limit(1))), list(default = 1e-8, cr2 = 1e-6))
